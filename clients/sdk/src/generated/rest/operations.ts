// Made by scripts/generate.mjs from protocol/openapi/operations.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How the server is doing
         * @description Answered from what is known, without waiting for anything.
         */
        readonly get: rest.operations["getHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metrics in Prometheus' text format */
        readonly get: rest.operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/providers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How the price providers are doing
         * @description The providers of the process that answers, in their order of preference. One process leads and asks them for all; the others say `standby`. Keys and addresses are not shown.
         */
        readonly get: rest.operations["getProviders"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.yaml": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description as YAML */
        readonly get: rest.operations["getOpenapiYaml"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/openapi.json": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description as JSON */
        readonly get: rest.operations["getOpenapiJson"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** This description as a page */
        readonly get: rest.operations["getDocs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/docs/viewer.js": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The script of that page */
        readonly get: rest.operations["getDocsViewer"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export interface components {
    schemas: {
        readonly Health: {
            /** @enum {unknown} */
            readonly status: "ok" | "degraded" | "stopping" | "unavailable";
            readonly version: string;
            readonly uptime_s: number;
            readonly postgresql: {
                /** @enum {unknown} */
                readonly state: "connecting" | "up" | "down" | "schema_older" | "schema_newer";
                readonly workers: number;
                readonly connections: number;
                readonly queue: number;
            };
            readonly redis: {
                readonly state: string;
                readonly leader: boolean;
                /** @enum {unknown} */
                readonly bus: "redis" | "memory";
            };
            /** @description The providers of this process. */
            readonly feed: Record<string, never>;
        };
        /** @enum {unknown} */
        readonly ProviderFunction: "bulk_quotes" | "quotes" | "crypto" | "rates" | "full_history" | "history" | "splits" | "dividends";
        readonly ProviderQuota: {
            readonly limit: number;
            readonly left: number;
            /** Format: date-time */
            readonly resets_at?: string;
        };
        readonly Provider: {
            readonly name: string;
            /** @enum {unknown} */
            readonly kind: "remote" | "simulated" | "replay";
            /**
             * @description `live` has given quotes, `idle` none yet; `throttled` and `quota_used_up` wait for their time, `down` has its breaker open, `invalid_key` is off (tried once an hour).
             * @enum {unknown}
             */
            readonly state: "live" | "idle" | "standby" | "throttled" | "quota_used_up" | "down" | "invalid_key";
            readonly quotes: number;
            /** @description What it can be asked for; only of remote providers, as is all that follows. */
            readonly functions?: readonly rest.components["schemas"]["ProviderFunction"][];
            /** @description Which of these the key's plan does not include; tried again after a day. */
            readonly not_entitled?: readonly rest.components["schemas"]["ProviderFunction"][];
            /** @description Requests; a span without a limit is absent. The day is the UTC date. */
            readonly quota?: {
                readonly second?: rest.components["schemas"]["ProviderQuota"];
                readonly minute?: rest.components["schemas"]["ProviderQuota"];
                readonly day?: rest.components["schemas"]["ProviderQuota"];
            };
            readonly breaker?: {
                /** @enum {unknown} */
                readonly state: "closed" | "open" | "probing";
                /** @description In a row. */
                readonly failures: number;
                /** Format: date-time */
                readonly open_until?: string;
            };
            /** Format: date-time */
            readonly throttled_until?: string;
            /** @description Since this process started. */
            readonly requests?: number;
            /** Format: date-time */
            readonly last_request_at?: string;
            /** Format: date-time */
            readonly last_answer_at?: string;
            readonly last_error?: {
                readonly detail: string;
                /** Format: date-time */
                readonly at: string;
            };
        };
        readonly Providers: {
            /**
             * @description `leader` asks the providers for all processes.
             * @enum {unknown}
             */
            readonly role: "leader" | "standby" | "unknown";
            readonly providers: readonly rest.components["schemas"]["Provider"][];
        };
    };
}
export interface operations {
    readonly getHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description It serves; `degraded` when no provider answers. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Health"];
                };
            };
            /** @description Something it needs is away, or it stops. */
            readonly 503: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly "Retry-After": rest.components["headers"]["RetryAfter"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Health"];
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The metrics. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP pf_connections Open WebSocket connections
                     *     # TYPE pf_connections gauge
                     *     pf_connections 3
                     */
                    readonly "text/plain": string;
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getProviders: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description State, quota left, breaker and last error of each. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Providers"];
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getOpenapiYaml: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description An OpenAPI 3.1 document. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/yaml": string;
                };
            };
            readonly 304: rest.components["responses"]["NotModified"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getOpenapiJson: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description An OpenAPI 3.1 document. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": Record<string, never>;
                };
            };
            readonly 304: rest.components["responses"]["NotModified"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getDocs: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page that shows it, or says how to get one that does. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly "Content-Security-Policy": string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/html": string;
                };
            };
            readonly 304: rest.components["responses"]["NotModified"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
    readonly getDocsViewer: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
                /** @description The `ETag` of what you have; 304 when it is still that. */
                readonly "If-None-Match"?: rest.components["parameters"]["IfNoneMatch"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The script. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly ETag: rest.components["headers"]["ETag"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "text/javascript": string;
                };
            };
            readonly 304: rest.components["responses"]["NotModified"];
            /** @description The server was built without it. */
            readonly 404: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": rest.components["schemas"]["Problem"];
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
