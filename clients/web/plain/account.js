// Who is signed in: the access token, kept fresh, and the form that asks for it.
//
// The access token lives in this page only; the refresh token in the tab's
// sessionStorage, so that a reload stays signed in and a closed tab does not.
"use strict";

const REFRESH_AHEAD_MS = 90000; // before the token's end
const STORED_AS = "portfolio.refresh_token";

const account = { token: null, expiresAt: 0, isOff: false, refreshing: null };

async function accountAsk(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.ok) return accountTake(await response.json());
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail || `the server answered ${response.status}`), { status: response.status });
}

function accountTake(answer) {
  account.token = answer.access_token;
  account.expiresAt = Date.now() + Number(answer.expires_in) * 1000;
  sessionStorage.setItem(STORED_AS, answer.refresh_token);
}

function accountForget() {
  Object.assign(account, { token: null, expiresAt: 0 });
  sessionStorage.removeItem(STORED_AS);
}

// One at a time: a refresh token is good for one use.
function accountRefresh() {
  const stored = sessionStorage.getItem(STORED_AS);
  if (!stored) return Promise.reject(Object.assign(new Error("nobody is signed in"), { status: 401 }));
  account.refreshing = account.refreshing || accountAsk("/auth/refresh", { refresh_token: stored })
    .catch((error) => {
      if (error.status === 401 || error.status === 422) accountForget();
      throw error;
    })
    .finally(() => { account.refreshing = null; });
  return account.refreshing;
}

// The token, fresh enough to begin something with; null when none is needed.
async function accountToken() {
  if (account.isOff) return null;
  if (account.expiresAt - Date.now() < REFRESH_AHEAD_MS) await accountRefresh();
  return account.token;
}

// fetch with the token; what the server no longer takes is refreshed once.
async function accountFetch(path) {
  const ask = async () => {
    const token = await accountToken();
    return fetch(path, token ? { headers: { Authorization: `Bearer ${token}` } } : {});
  };
  const response = await ask();
  if (response.status !== 401 || account.isOff) return response;
  account.expiresAt = 0;
  return ask();
}

// ---- the form ----

const accountNode = (id) => document.getElementById(id);

function accountShowForm(isShown, text) {
  accountNode("sign-in").hidden = !isShown;
  accountNode("dashboard").hidden = isShown;
  accountNode("connection").hidden = isShown;
  accountNode("sign-out").hidden = isShown || account.isOff;
  accountNode("sign-in-notice").hidden = !text;
  accountNode("sign-in-notice").textContent = text || "";
  if (isShown) accountNode("sign-in-email").focus();
}

// A demo says whom one can be; elsewhere the file is not there.
async function accountOfferDemo() {
  const response = await fetch("/demo.json");
  if (!response.ok) return;
  const demo = await response.json();
  const button = accountNode("sign-in-demo");
  button.textContent = `Use the demo account, ${demo.email}`;
  button.hidden = false;
  button.onclick = () => {
    accountNode("sign-in-email").value = demo.email;
    accountNode("sign-in-password").value = demo.password;
    accountNode("sign-in").requestSubmit();
  };
}

// Calls back when there is somebody: at once when authentication is off.
async function accountBegin(onSignedIn) {
  accountNode("sign-in").onsubmit = async (event) => {
    event.preventDefault();
    const password = accountNode("sign-in-password");
    try {
      await accountAsk("/auth/login", { email: accountNode("sign-in-email").value, password: password.value });
    } catch (error) {
      return accountShowForm(true, error.message);
    }
    password.value = "";
    accountShowForm(false);
    onSignedIn();
  };
  accountNode("sign-out").onclick = async () => {
    await accountFetchLogout();
    location.reload();
  };
  try {
    account.isOff = (await fetch("/auth/me")).ok;
    if (!account.isOff) await accountRefresh();
    accountShowForm(false);
    onSignedIn();
  } catch {
    accountShowForm(true);
    accountOfferDemo().catch(() => {});
  }
}

async function accountFetchLogout() {
  const token = account.token;
  accountForget();
  if (token) await fetch("/auth/logout", { method: "POST", headers: { Authorization: `Bearer ${token}` } }).catch(() => {});
}
