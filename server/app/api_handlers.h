/* Every handler of the API, one file a resource: what the rows of api.c name.
 * Thread: L. */
#ifndef PF_APP_API_HANDLERS_H
#define PF_APP_API_HANDLERS_H

#include "app/api_call.h"

void api_health_get(struct api_call *call);
void api_metrics_get(struct api_call *call);
void api_providers_get(struct api_call *call);

void api_jwks_get(struct api_call *call);

void api_openapi_get_yaml(struct api_call *call);
void api_openapi_get_json(struct api_call *call);
void api_docs_get(struct api_call *call);
void api_docs_get_viewer(struct api_call *call);

void api_customers_create(struct api_call *call);
void api_customers_list(struct api_call *call);
void api_customers_get(struct api_call *call);
void api_customers_get_by_email(struct api_call *call);
void api_customers_list_portfolios(struct api_call *call);
void api_customers_summarize_portfolios(struct api_call *call);
void api_customers_update(struct api_call *call);
void api_customers_delete(struct api_call *call);
void api_customers_get_returns(struct api_call *call);

void api_portfolios_create(struct api_call *call);
void api_portfolios_list(struct api_call *call);
void api_portfolios_get(struct api_call *call);
void api_portfolios_update(struct api_call *call);
void api_portfolios_delete(struct api_call *call);
void api_portfolios_list_investments(struct api_call *call);
void api_portfolios_summarize_investments(struct api_call *call);
void api_portfolios_get_allocation(struct api_call *call);
void api_portfolios_import_investments(struct api_call *call);
void api_portfolios_get_valuation(struct api_call *call);
void api_portfolios_get_returns(struct api_call *call);
void api_portfolios_list_history(struct api_call *call);
void api_portfolios_get_risk(struct api_call *call);
void api_portfolios_sync_values(struct api_call *call);

void api_investments_create(struct api_call *call);
void api_investments_list(struct api_call *call);
void api_investments_get(struct api_call *call);
void api_investments_update(struct api_call *call);
void api_investments_delete(struct api_call *call);

void api_assets_search(struct api_call *call);
void api_assets_get(struct api_call *call);
void api_assets_put_price(struct api_call *call);
void api_assets_list_history(struct api_call *call);
void api_assets_list_corporate_actions(struct api_call *call);
void api_assets_get_price(struct api_call *call);
void api_assets_get_prices(struct api_call *call);
void api_cache_forget_prices(struct api_call *call);
void api_investments_update_prices(struct api_call *call);

void api_exchange_rates_get(struct api_call *call);

void api_stocks_populate(struct api_call *call);
void api_jobs_list(struct api_call *call);
void api_jobs_get(struct api_call *call);

void api_audit_list(struct api_call *call);

void api_auth_register(struct api_call *call);
void api_auth_login(struct api_call *call);
void api_auth_refresh(struct api_call *call);
void api_auth_get_me(struct api_call *call);
void api_auth_logout(struct api_call *call);
void api_auth_change_password(struct api_call *call);
void api_auth_create_ticket(struct api_call *call);
void api_auth_list_sessions(struct api_call *call);
void api_auth_delete_session(struct api_call *call);
void api_auth_list_keys(struct api_call *call);
void api_auth_create_key(struct api_call *call);
void api_auth_delete_key(struct api_call *call);
/* 429: an attempt to show a password came too soon. */
void api_auth_refuse_locked(struct api_call *call, int64_t wait_s);

void api_users_list(struct api_call *call);
void api_users_create(struct api_call *call);
void api_users_get(struct api_call *call);
void api_users_update(struct api_call *call);
void api_users_delete(struct api_call *call);

void api_advisors_list(struct api_call *call);
void api_advisors_assign(struct api_call *call);
void api_advisors_unassign(struct api_call *call);

#define API_CUSTOMER_NAME_MAX 200 /* characters, as the schema bounds it */

/* Entities that another resource's paths list. */
extern const struct api_entity api_portfolio_entity;
extern const struct api_entity api_investment_entity;
extern const struct api_entity api_user_entity;

#endif
