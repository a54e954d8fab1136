// Made by scripts/generate.mjs from protocol/openapi/audit.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/audit": {
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
         * Who changed what
         * @description The audit log, the newest row first. Only administrators may read it. Whether it is as it was written, `portfoliod audit verify` says.
         */
        readonly get: rest.operations["listAudit"];
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
        readonly AuditRow: {
            /** @description Rises; numbers that are missing are of changes that were not made in the end. */
            readonly audit_id: number;
            /** @description In the chain of hashes; absent until it is sealed, a second after. */
            readonly position?: number;
            readonly at: rest.components["schemas"]["Time"];
            /** @description The user; of a change by other means, the database's role or the command. */
            readonly actor: string;
            readonly actor_id?: rest.components["schemas"]["Uuid"];
            /** @description The address that it came from. */
            readonly peer: string;
            readonly request_id?: string;
            /** @description The role of the connection to the database. */
            readonly db_role: string;
            /** @description insert, update, delete; or what else happened, like login. */
            readonly action: string;
            readonly entity: string;
            readonly entity_id?: string;
            /** @description An update's changed members as they were; all of what was deleted. */
            readonly before?: unknown;
            /** @description The changed members as they are; all of what was inserted. */
            readonly after?: unknown;
        };
        readonly AuditList: {
            readonly items: readonly rest.components["schemas"]["AuditRow"][];
            readonly next_cursor?: rest.components["schemas"]["NextCursor"];
        };
    };
}
export interface operations {
    readonly listAudit: {
        readonly parameters: {
            readonly query?: {
                /** @description How many items at most. */
                readonly limit?: rest.components["parameters"]["Limit"];
                /** @description The `next_cursor` of the page before; good for the same path, sort and filters only. */
                readonly cursor?: rest.components["parameters"]["Cursor"];
                /**
                 * @description The kind of what was changed.
                 * @example portfolios
                 */
                readonly entity?: string;
                readonly entity_id?: string;
                /** @description Who did it, by the whole name. */
                readonly actor?: string;
                readonly action?: string;
                /** @description Written then or later. */
                readonly since?: string;
                /** @description Written before. */
                readonly until?: string;
            };
            readonly header?: {
                /** @description Comes back in the response and in the server's log; made up when absent or not of this form. */
                readonly "X-Request-Id"?: rest.components["parameters"]["RequestId"];
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description A page of the log. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "audit_id": 120,
                     *           "position": 118,
                     *           "at": "2026-11-21T09:40:00.000Z",
                     *           "actor": "ann@example.com",
                     *           "actor_id": "5f0c3a3e-91c9-4c54-9d52-1b6d2f5f6a01",
                     *           "peer": "192.0.2.7",
                     *           "request_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
                     *           "db_role": "portfolio",
                     *           "action": "update",
                     *           "entity": "portfolios",
                     *           "entity_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                     *           "before": {
                     *             "portfolio_name": "Growth"
                     *           },
                     *           "after": {
                     *             "portfolio_name": "Slow"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": rest.components["schemas"]["AuditList"];
                };
            };
            readonly 422: rest.components["responses"]["Invalid"];
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
