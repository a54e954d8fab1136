/* The chain of the audit log: what is hashed, and which faults are named. links: pf_store */
#include "store/audit_chain.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

#define ROWS_N 6

struct fixture {
    struct audit_link links[ROWS_N];
    char hashes[ROWS_N][SHA256_TEXT_LEN + 1];
    char xids[ROWS_N][8];
    char faults[256]; /* "fault@position " … */
};

static struct audit_row row_make(int64_t audit_id, const char *xid, const char *action) {
    return (struct audit_row){.audit_id = audit_id,
                              .cluster = "7",
                              .xid = xid,
                              .at_us = "1700000000000000",
                              .db_role = "portfolio",
                              .actor = "ann",
                              .peer = "local",
                              .action = action,
                              .entity = "customers"};
}

static void hash_make(const char *before, int64_t position, const struct audit_row *row,
                      char out[SHA256_TEXT_LEN + 1]) {
    struct strbuf text;
    strbuf_init(&text);
    audit_chain_write_text(&text, position, row);
    const struct sha256_piece pieces[] = {{before, SHA256_TEXT_LEN}, {text.data, text.len}};
    assert_int_equal(sha256_write(pieces, 2, out), STATUS_OK);
    strbuf_fini(&text);
}

static void fixture_init(struct fixture *it) {
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    *it = (struct fixture){0};
    for (size_t i = 0; i < ROWS_N; i++) {
        struct audit_link *link = &it->links[i];
        (void)snprintf(it->xids[i], sizeof it->xids[i], "%zu", 900 + i * 50); /* three and four digits */
        *link = (struct audit_link){.position = (int64_t)i + 1, .audit_id = (int64_t)i + 10, .has_row = true};
        link->row = row_make(link->audit_id, it->xids[i], i == 0 ? "begin" : "insert");
        hash_make(i == 0 ? zeros : it->hashes[i - 1], link->position, &link->row, it->hashes[i]);
        link->hash = it->hashes[i];
    }
}

static void on_fault(void *context, enum audit_fault fault, int64_t position, int64_t audit_id) {
    struct fixture *it = context;
    size_t len = strlen(it->faults);
    (void)audit_id;
    (void)snprintf(it->faults + len, sizeof it->faults - len, "%d@%d ", (int)fault, (int)position);
}

/* Judges all links but `without` (-1: none). */
static const char *judge(struct fixture *it, int without) {
    struct audit_chain chain;
    it->faults[0] = '\0';
    audit_chain_init(&chain, 0, NULL, on_fault, it);
    for (int i = 0; i < ROWS_N; i++) {
        if (i != without)
            assert_int_equal(audit_chain_take(&chain, &it->links[i]), STATUS_OK);
    }
    audit_chain_end(&chain);
    audit_chain_fini(&chain);
    return it->faults;
}

static void test_text_is_what_sql_makes(void **state) {
    (void)state;
    struct strbuf text;
    struct audit_row row = row_make(12, "5", "insert");
    row.actor_id = "";
    row.after = "{\"a\": \"\xc3\xbc\"}";
    strbuf_init(&text);
    audit_chain_write_text(&text, 3, &row);
    assert_string_equal(strbuf_text(&text), "1:32:121:71:516:17000000000000009:portfolio0:3:ann5:local-6:insert"
                                            "9:customers--11:{\"a\": \"\xc3\xbc\"}");
    strbuf_fini(&text);
}

static void test_good_chain_has_no_fault(void **state) {
    (void)state;
    struct fixture it;
    fixture_init(&it);
    assert_string_equal(judge(&it, -1), "");
}

static void test_changes_are_told_apart(void **state) {
    (void)state;
    static const char other[] = "00000000000000000000000000000000000000000000000000000000000000ff";
    struct fixture it;
    fixture_init(&it);
    it.links[2].row.actor = "bob";
    assert_string_equal(judge(&it, -1), "0@3 "); /* the row */
    fixture_init(&it);
    it.links[2].hash = other;
    assert_string_equal(judge(&it, -1), "1@3 "); /* its seal */
    fixture_init(&it);
    it.links[2].hash = other;
    it.links[2].row.actor = "bob";
    assert_string_equal(judge(&it, -1), "2@3 0@4 "); /* and what stands on it */
    fixture_init(&it);
    it.links[5].hash = other;
    assert_string_equal(judge(&it, -1), "2@6 "); /* nothing follows */
    fixture_init(&it);
    it.links[1].row.actor = it.links[2].row.actor = it.links[4].row.actor = "bob";
    assert_string_equal(judge(&it, -1), "2@2 0@3 0@5 ");
}

static void test_what_is_missing_is_named(void **state) {
    (void)state;
    struct fixture it;
    fixture_init(&it);
    it.links[3].has_row = false;
    assert_string_equal(judge(&it, -1), "3@4 ");
    fixture_init(&it);
    assert_string_equal(judge(&it, 3), "4@5 "); /* the seal of position 4 */
    fixture_init(&it);
    assert_string_equal(judge(&it, 0), "4@2 ");
    fixture_init(&it);
    it.links[2].row.actor = "bob";
    it.links[3].has_row = false;
    assert_string_equal(judge(&it, -1), "2@3 3@4 ");
}

static void test_order_and_beginning(void **state) {
    (void)state;
    struct fixture it;
    fixture_init(&it);
    it.links[4].row.xid = "901"; /* rewritten with what follows, so that the hashes fit */
    hash_make(it.hashes[3], 5, &it.links[4].row, it.hashes[4]);
    hash_make(it.hashes[4], 6, &it.links[5].row, it.hashes[5]);
    assert_string_equal(judge(&it, -1), "5@5 ");
    fixture_init(&it);
    it.links[4].row.xid = "99999"; /* changed: no reason to doubt the order of all that follows */
    assert_string_equal(judge(&it, -1), "0@5 ");
    fixture_init(&it);
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    it.links[0].row.action = "insert";
    hash_make(zeros, 1, &it.links[0].row, it.hashes[0]);
    hash_make(it.hashes[0], 2, &it.links[1].row, it.hashes[1]);
    assert_true(strncmp(judge(&it, -1), "6@1 ", 4) == 0);
}

static void test_each_cluster_has_an_order_of_its_own(void **state) {
    (void)state;
    struct fixture it;
    struct audit_chain chain;
    fixture_init(&it);
    audit_chain_init(&chain, 0, NULL, on_fault, &it);
    for (size_t i = 3; i < ROWS_N; i++) {
        it.links[i].row.cluster = "8";
        it.links[i].row.xid = i == 3 ? "4" : i == 4 ? "5" : "6";
        hash_make(it.hashes[i - 1], it.links[i].position, &it.links[i].row, it.hashes[i]);
    }
    for (size_t i = 0; i < ROWS_N; i++)
        assert_int_equal(audit_chain_take(&chain, &it.links[i]), STATUS_OK);
    assert_string_equal(it.faults, "");
    assert_int_equal(chain.clusters_n, 2);
    struct audit_row before = row_make(14, "6", "x"), after = row_make(16, "6", "x"), of_no = row_make(1, "1", "x");
    before.cluster = after.cluster = "8";
    of_no.cluster = "9";
    assert_true(audit_chain_has_passed(&chain, &before));
    assert_false(audit_chain_has_passed(&chain, &after));
    assert_false(audit_chain_has_passed(&chain, &of_no));
    audit_chain_fini(&chain);
}

static void test_begins_where_it_is_told(void **state) {
    (void)state;
    struct fixture it;
    struct audit_chain chain;
    fixture_init(&it);
    it.links[1].row.actor = "bob"; /* before it */
    audit_chain_init(&chain, 3, it.hashes[2], on_fault, &it);
    for (size_t i = 3; i < ROWS_N; i++)
        assert_int_equal(audit_chain_take(&chain, &it.links[i]), STATUS_OK);
    audit_chain_end(&chain);
    assert_string_equal(it.faults, "");
    audit_chain_fini(&chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_what_sql_makes),  cmocka_unit_test(test_good_chain_has_no_fault),
        cmocka_unit_test(test_changes_are_told_apart),  cmocka_unit_test(test_what_is_missing_is_named),
        cmocka_unit_test(test_order_and_beginning),     cmocka_unit_test(test_each_cluster_has_an_order_of_its_own),
        cmocka_unit_test(test_begins_where_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
