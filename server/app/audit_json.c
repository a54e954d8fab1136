/* Writes rows of the audit log as JSON. What changed is JSON in the database
 * already and goes out as it is. Thread: any; pure. */
#include "app/audit_json.h"

#include "app/api_entity.h"

#include <stdlib.h>

static void json_raw(struct strbuf *out, const char *name, const char *json) {
    if (!json)
        return;
    json_key(out, name);
    strbuf_append_text(out, json);
}

void audit_json_write(struct strbuf *out, int64_t position, const struct audit_row *row) {
    strbuf_append_char(out, '{');
    json_i64(out, "audit_id", row->audit_id);
    if (position > 0)
        json_i64(out, "position", position);
    json_time_us(out, "at", strtoll(row->at_us, NULL, 10));
    json_text(out, "actor", row->actor);
    json_text(out, "actor_id", row->actor_id);
    json_text(out, "peer", row->peer);
    json_text(out, "request_id", row->request_id);
    json_text(out, "db_role", row->db_role);
    json_text(out, "action", row->action);
    json_text(out, "entity", row->entity);
    json_text(out, "entity_id", row->entity_id);
    json_raw(out, "before", row->before);
    json_raw(out, "after", row->after);
    strbuf_append_char(out, '}');
}
