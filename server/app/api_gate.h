/* The one way from a route to its handler: who asks (401, 503), whether it may use
 * the route at all (403), and whether the row that the path names is one of those
 * that it may see or change.
 *
 * For a row that is not, the id in the path is replaced by one that nothing has, and
 * the handler runs: so what may not be seen is answered by the same code as what
 * does not exist, in every detail and in every order. Thread: L; the row is read on W. */
#ifndef PF_APP_API_GATE_H
#define PF_APP_API_GATE_H

#include "app/api_call.h"
#include "store/row_owners.h"

/* call->params are those of the route. Ends in the handler or a response. */
void api_gate_enter(struct api_call *call, const struct route *route);

/* Answers who shows nothing that is valid: failure is not AUTH_OK. */
void api_gate_refuse_caller(struct api_call *call, enum auth_failure failure);

/* For what waited long between the gate and its work: NOT_FOUND when the row is not the caller's any more. Thread: W.
 */
PF_MUST_CHECK enum status api_gate_judge_again(struct api_call *call, struct db *db);

/* --- for handlers and their `work`, of ids in bodies --- */

/* Whether what the route does may be done to this customer's rows. */
bool api_gate_covers(const struct api_call *call, const struct uuid *customer_id);
/* Whether the caller may do what another rule is for; false: 403 was sent, the call is gone. */
bool api_gate_may(struct api_call *call, enum access_rule rule);
/* The same for SQL: lists, and rows that a transaction locks. */
struct row_scope api_gate_scope(const struct api_call *call);
/* Of an asset that nothing is known of but that somebody holds it, for those who look assets up: whose rows they see.
 */
struct row_scope api_gate_scope_of_assets(const struct api_call *call);

#endif
