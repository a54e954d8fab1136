// Made by scripts/generate.mjs from protocol/openapi/jwks.yaml. Do not edit.
import type * as rest from "../rest.js";

export interface paths {
    readonly "/.well-known/jwks.json": {
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
         * The public keys of our access tokens
         * @description A JWK Set (RFC 7517): every key whose tokens are taken now, so while keys change there are two or more. It may be kept for as long as `Cache-Control` says: a key is published before it signs. Ask again when a token names a `kid` that is not in it. Empty where tokens are signed with a shared secret.
         */
        readonly get: rest.operations["getJwks"];
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
        readonly Jwk: {
            /** @constant */
            readonly use: "sig";
            /** @enum {unknown} */
            readonly alg: "ES256" | "RS256";
            /** @description The key's thumbprint (RFC 7638). */
            readonly kid: string;
            /** @enum {unknown} */
            readonly kty: "EC" | "RSA";
            /** @constant */
            readonly crv?: "P-256";
            /** @description Of an EC key. */
            readonly x?: string;
            /** @description Of an EC key. */
            readonly y?: string;
            /** @description Of an RSA key. */
            readonly n?: string;
            /** @description Of an RSA key. */
            readonly e?: string;
        };
        readonly Jwks: {
            readonly keys: readonly rest.components["schemas"]["Jwk"][];
        };
    };
}
export interface operations {
    readonly getJwks: {
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
            /** @description The keys. */
            readonly 200: {
                headers: {
                    readonly "X-Request-Id": rest.components["headers"]["RequestId"];
                    /** @description Five minutes; `no-store` where the key ends with the process. */
                    readonly "Cache-Control"?: "public, max-age=300" | "no-store";
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": rest.components["schemas"]["Jwks"];
                };
            };
            readonly default: rest.components["responses"]["Problem"];
        };
    };
}
