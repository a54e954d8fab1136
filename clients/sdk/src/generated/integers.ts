// Made by scripts/generate.mjs from protocol/asyncapi.yaml and protocol/openapi.yaml. Do not edit.

/** The members that count or number things; all other numbers are Decimals. */
export const INTEGERS: ReadonlySet<string> = /* @__PURE__ */ new Set(
  "after_ms audit_id changed code connections created days denominator duplicates errors_n estimated expires_in failures heartbeat_ms holdings id investments investments_n left limit live max_message_bytes max_rate max_subscriptions messages_per_second missing numerator portfolios portfolios_n position positions_n queue quotes reconnect_window_ms requests retry_after_ms returns row rows_done rows_expected seq status symbols_failed symbols_open symbols_total unchanged unpriced updated uptime_s version workers wrong".split(
    " ",
  ),
);
