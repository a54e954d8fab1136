"""/users and the advisors of customers, by administrators."""

import threading

import pytest

from support.accounts import add_customer
from support.callers import AUTH_ON, PASSWORD, Caller, enter, login, register
from support.rest import UNKNOWN, loads, problem, tag, wrong_fields
from support.waiting import wait_until


@pytest.fixture
def server(start_server):
    return start_server(**AUTH_ON)


@pytest.fixture
def admin(server, postgres):
    return enter(server, postgres, "admin", "root@example.com")


def new_user(**changes):
    return {"email": "adviser@example.com", "role": "advisor", **changes}


# --- who may ---


def test_only_administrators_may(server, postgres, admin):
    customer_id = add_customer(postgres, "c@example.com")
    callers = [enter(server, postgres, role) for role in ("user", "advisor", "service")] + [Caller(server)]
    for caller in callers:
        for method, path, body in (
            ("GET", "/users", None),
            ("POST", "/users", new_user()),
            ("GET", f"/users/{admin.user['user_id']}", None),
            ("PUT", f"/users/{admin.user['user_id']}", new_user()),
            ("DELETE", f"/users/{admin.user['user_id']}", None),
            ("GET", f"/customers/{customer_id}/advisors", None),
            ("PUT", f"/customers/{customer_id}/advisors/{admin.user['user_id']}", None),
            ("DELETE", f"/customers/{customer_id}/advisors/{admin.user['user_id']}", None),
        ):
            assert caller.status(method, path, body) == (403 if caller.token else 401), (method, path)


# --- creating and reading ---


def test_a_user_is_made_and_read(admin, server):
    answer = admin.request("POST", "/users", json=new_user(password=PASSWORD))
    user = loads(answer)
    assert answer[0] == 201 and answer[1]["location"] == f"/users/{user['user_id']}"
    assert (user["role"], user["disabled"], user["has_password"]) == ("advisor", False, True)
    read = admin.request("GET", answer[1]["location"])
    assert loads(read) == user and tag(read) == tag(answer)
    assert admin.request("GET", answer[1]["location"], headers={"If-None-Match": tag(answer)})[0] == 304
    assert admin.request("HEAD", answer[1]["location"])[0] == 200
    assert login(server, user["email"]).json("GET", "/auth/me")["role"] == "advisor"


def test_a_user_without_a_password_does_not_log_in(admin, server):
    assert admin.json("POST", "/users", new_user())["has_password"] is False
    body = {"email": new_user()["email"], "password": PASSWORD}
    problem(server.request("POST", "/auth/login", json=body), 401, "unauthorized")


def test_a_user_of_a_customer(admin, postgres):
    customer_id = add_customer(postgres, "c@example.com")
    user = admin.json("POST", "/users", new_user(role="user", customer_id=customer_id), expect=201)
    assert user["customer_id"] == customer_id


@pytest.mark.parametrize(
    "changes, wrong",
    [
        ({"email": "x", "role": "root", "disabled": 1, "password": "short"}, {"email", "role", "disabled", "password"}),
        ({"role": "user"}, {"customer_id"}),
        ({"role": "user", "customer_id": UNKNOWN}, {"customer_id"}),
        ({"role": "user", "customer_id": "x"}, {"customer_id"}),
        ({"customer_id": UNKNOWN}, {"customer_id"}),
        ({"role": "user", "customer_id": UNKNOWN, "email": "x"}, {"customer_id", "email"}),
        ({"role": "user", "customer_id": UNKNOWN, "password": PASSWORD}, {"customer_id"}),
    ],
)
def test_a_wrong_user_is_refused(admin, server, postgres, changes, wrong):
    enter(server, postgres, "admin")  # who stays, whatever the other becomes
    assert set(wrong_fields(admin.request("POST", "/users", json=new_user(**changes)))) == wrong
    path = f"/users/{admin.user['user_id']}"
    assert set(wrong_fields(admin.request("PUT", path, json=new_user(**changes)))) == wrong


def test_an_address_is_one_users(admin, server):
    ada = register(server, "ada@example.com")
    answer = admin.request("POST", "/users", json=new_user(email="ADA@example.com"))
    assert problem(answer, 409, "conflict")["errors"][0]["field"] == "email"
    answer = admin.request("PUT", f"/users/{admin.user['user_id']}", json={"email": "ada@example.com", "role": "admin"})
    problem(answer, 409, "conflict")
    assert ada.status("GET", "/auth/me") == 200


def test_an_idempotency_key_is_refused(admin):
    answer = admin.request("POST", "/users", json=new_user(password=PASSWORD), headers={"Idempotency-Key": "k"})
    assert set(wrong_fields(answer)) == {"Idempotency-Key"}


def test_users_are_listed(admin, postgres, server):
    made = [enter(server, postgres, "advisor", f"adviser{i}@example.com").user["email"] for i in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = admin.json("GET", f"/users?role=advisor&limit=2{cursor and '&cursor=' + cursor}")
        found += [item["email"] for item in page["items"]]
        cursor = page.get("next_cursor")
    assert found == made
    assert [one["email"] for one in admin.json("GET", "/users?email=ADVISER&sort=-email")["items"]] == made[::-1]
    ada = register(server)
    (one,) = admin.json("GET", f"/users?customer_id={ada.user['customer_id']}")["items"]
    assert one["user_id"] == ada.user["user_id"]
    answer = admin.request("GET", "/users?role=root&customer_id=x&sort=role&limit=0")
    assert set(wrong_fields(answer)) == {"role", "customer_id", "sort", "limit"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_user(admin, method):
    body = new_user() if method == "PUT" else None
    for user_id in (UNKNOWN, "x"):
        problem(admin.request(method, f"/users/{user_id}", json=body), 404, "not_found")


# --- changing ---


def test_a_lost_role_is_lost_at_once(admin, server, postgres):
    other = enter(server, postgres, "admin")
    path = f"/users/{other.user['user_id']}"
    assert other.status("GET", "/users") == 200
    before = admin.request("GET", path)
    body = {"email": other.user["email"], "role": "service"}
    answer = admin.request("PUT", path, json=body, headers={"If-Match": tag(before)})
    assert answer[0] == 200 and tag(answer) != tag(before)
    assert other.status("GET", "/users") == 403
    problem(admin.request("PUT", path, json=body, headers={"If-Match": tag(before)}), 412, "precondition_failed")
    problem(admin.request("DELETE", path, headers={"If-Match": tag(before)}), 412, "precondition_failed")


def test_a_lost_role_is_lost_on_other_processes(admin, server, postgres, start_server):
    elsewhere = start_server(**AUTH_ON)
    other = enter(server, postgres, "admin")
    key = other.json("POST", "/auth/keys", {"name": "k", "scopes": ["administer"]})["api_key"]
    robot = Caller(elsewhere, token=key)
    assert robot.status("GET", "/audit") == 200
    body = {"email": other.user["email"], "role": "service"}
    assert admin.status("PUT", f"/users/{other.user['user_id']}", body) == 200
    wait_until(lambda: robot.status("GET", "/audit") == 403, what="the end of the right")


def test_a_disabled_user_is_out(admin, server):
    ada = register(server, "ada@example.com")
    key = ada.json("POST", "/auth/keys", {"name": "k", "scopes": ["read"]})["api_key"]
    path = f"/users/{ada.user['user_id']}"
    body = {name: ada.user[name] for name in ("email", "role", "customer_id")}
    assert admin.json("PUT", path, {**body, "disabled": True})["disabled"] is True
    assert ada.status("GET", "/auth/me") == Caller(server, token=key).status("GET", "/auth/me") == 401
    login_body = {"email": "ada@example.com", "password": PASSWORD}
    problem(server.request("POST", "/auth/login", json=login_body), 401, "unauthorized")
    assert admin.json("PUT", path, body)["disabled"] is False
    assert ada.status("GET", "/auth/me") == 401, "the sessions of before stay ended"
    login(server, "ada@example.com")


def test_an_administrators_new_password_ends_all_sessions(admin, server):
    ada = register(server, "ada@example.com")
    path = f"/users/{ada.user['user_id']}"
    body = {name: ada.user[name] for name in ("email", "role", "customer_id")}
    assert admin.json("PUT", path, body)["has_password"] is True
    login(server, "ada@example.com")
    admin.json("PUT", path, {**body, "password": "swans swim by night"})
    assert ada.status("GET", "/auth/me") == 401
    login(server, "ada@example.com", "swans swim by night")


def test_a_deleted_user_is_out_and_its_customer_stays(admin, server):
    ada = register(server)
    path = f"/users/{ada.user['user_id']}"
    assert admin.status("DELETE", path) == 204
    assert ada.status("GET", "/auth/me") == 401 and admin.status("GET", path) == 404
    assert admin.status("GET", f"/customers/{ada.user['customer_id']}") == 200


def test_a_deleted_customer_takes_its_user(admin, server):
    ada = register(server)
    assert admin.status("DELETE", f"/customers/{ada.user['customer_id']}") == 204
    wait_until(lambda: ada.status("GET", "/auth/me") == 401, what="the end of the session")


def test_the_last_administrator_stays(admin, server, postgres):
    path = f"/users/{admin.user['user_id']}"
    less = ({"role": "service"}, {"role": "admin", "disabled": True})
    for body in ({"email": "root@example.com", **change} for change in less):
        problem(admin.request("PUT", path, json=body), 409, "conflict")
    problem(admin.request("DELETE", path), 409, "conflict")
    assert admin.status("PUT", path, {"email": "other@example.com", "role": "admin"}) == 200
    other = enter(server, postgres, "admin")
    postgres.execute("UPDATE users SET is_disabled = true WHERE user_id = %s", other.user["user_id"])
    problem(admin.request("DELETE", path), 409, "conflict")


def test_administrators_who_delete_each_other_leave_one(admin, server, postgres):
    admins = [admin] + [enter(server, postgres, "admin") for _ in range(3)]
    answers = []

    def delete(number):
        victim = admins[(number + 1) % len(admins)]
        answers.append(admins[number].status("DELETE", f"/users/{victim.user['user_id']}"))

    threads = [threading.Thread(target=delete, args=(number,)) for number in range(len(admins))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {204, 401, 409} and 204 in answers
    assert postgres.execute("SELECT count(*) FROM users WHERE role = 'admin'")[0][0] >= 1


# --- advisors ---


def test_an_advisor_sees_who_is_assigned(admin, server, postgres):
    adviser, ada = enter(server, postgres, "advisor"), register(server)
    path = f"/customers/{ada.user['customer_id']}"
    row = f"{path}/advisors/{adviser.user['user_id']}"
    assert adviser.status("GET", path) == 404
    assert admin.status("PUT", row) == admin.status("PUT", row) == 204
    assert adviser.status("GET", path) == 200
    (listed,) = admin.json("GET", f"{path}/advisors")["items"]
    assert (listed["user_id"], listed["email"]) == (adviser.user["user_id"], adviser.user["email"])
    assert admin.status("DELETE", row) == 204
    assert adviser.status("GET", path) == 404
    problem(admin.request("DELETE", row), 404, "not_found")
    assert admin.json("GET", f"{path}/advisors")["items"] == []


def test_what_cannot_be_assigned(admin, server):
    ada = register(server)
    path = f"/customers/{ada.user['customer_id']}/advisors"
    problem(admin.request("PUT", f"{path}/{ada.user['user_id']}"), 409, "conflict")
    problem(admin.request("PUT", f"{path}/{UNKNOWN}"), 404, "not_found")
    problem(admin.request("PUT", f"{path}/x"), 404, "not_found")
    problem(admin.request("PUT", f"/customers/{UNKNOWN}/advisors/{ada.user['user_id']}"), 404, "not_found")
    problem(admin.request("GET", f"/customers/{UNKNOWN}/advisors"), 404, "not_found")


def test_an_advisor_has_so_many_customers(admin, server, postgres):
    adviser, ada = enter(server, postgres, "advisor"), register(server)
    postgres.execute(
        "INSERT INTO customers (name, email) SELECT 'C', 'c' || n || '@example.com' FROM generate_series(1, 10000) n"
    )
    postgres.execute(
        "INSERT INTO customer_advisors (customer_id, user_id) SELECT customer_id, %s FROM customers WHERE name = 'C'",
        adviser.user["user_id"],
    )
    row = f"/customers/{ada.user['customer_id']}/advisors/{adviser.user['user_id']}"
    problem(admin.request("PUT", row), 409, "conflict")
