/* The columns of the audit log as audit_row_read takes them: their SQL, of audit_log AS l. */
#ifndef PF_STORE_AUDIT_COLUMNS_H
#define PF_STORE_AUDIT_COLUMNS_H

#define SQL_AUDIT_COLUMNS                                                                                              \
    "l.audit_id, l.cluster, l.xid, audit_us(l.at), l.db_role, l.actor_id, l.actor, l.peer, l.request_id, l.action, "   \
    "l.entity, l.entity_id, l.before, l.after"

#endif
