// Made by scripts/generate.mjs from protocol/openapi.yaml. Do not edit.
import type * as accountPiece from "./rest/account.js";
import type * as apiKeysPiece from "./rest/api_keys.js";
import type * as assetsPiece from "./rest/assets.js";
import type * as auditPiece from "./rest/audit.js";
import type * as authPiece from "./rest/auth.js";
import type * as commonPiece from "./rest/common.js";
import type * as customersPiece from "./rest/customers.js";
import type * as exchangeRatesPiece from "./rest/exchange_rates.js";
import type * as historyPiece from "./rest/history.js";
import type * as importsPiece from "./rest/imports.js";
import type * as investmentsPiece from "./rest/investments.js";
import type * as jobsPiece from "./rest/jobs.js";
import type * as jwksPiece from "./rest/jwks.js";
import type * as operationsPiece from "./rest/operations.js";
import type * as portfoliosPiece from "./rest/portfolios.js";
import type * as pricesPiece from "./rest/prices.js";
import type * as returnsPiece from "./rest/returns.js";
import type * as sessionsPiece from "./rest/sessions.js";
import type * as summariesPiece from "./rest/summaries.js";
import type * as usersPiece from "./rest/users.js";

export type paths = accountPiece.paths &
  apiKeysPiece.paths &
  assetsPiece.paths &
  auditPiece.paths &
  authPiece.paths &
  customersPiece.paths &
  exchangeRatesPiece.paths &
  historyPiece.paths &
  importsPiece.paths &
  investmentsPiece.paths &
  jobsPiece.paths &
  jwksPiece.paths &
  operationsPiece.paths &
  portfoliosPiece.paths &
  pricesPiece.paths &
  returnsPiece.paths &
  sessionsPiece.paths &
  summariesPiece.paths &
  usersPiece.paths;

export type components = accountPiece.components &
  apiKeysPiece.components &
  assetsPiece.components &
  auditPiece.components &
  authPiece.components &
  commonPiece.components &
  customersPiece.components &
  exchangeRatesPiece.components &
  historyPiece.components &
  importsPiece.components &
  investmentsPiece.components &
  jobsPiece.components &
  jwksPiece.components &
  operationsPiece.components &
  portfoliosPiece.components &
  pricesPiece.components &
  returnsPiece.components &
  sessionsPiece.components &
  summariesPiece.components &
  usersPiece.components;

export type operations = accountPiece.operations &
  apiKeysPiece.operations &
  assetsPiece.operations &
  auditPiece.operations &
  authPiece.operations &
  customersPiece.operations &
  exchangeRatesPiece.operations &
  historyPiece.operations &
  importsPiece.operations &
  investmentsPiece.operations &
  jobsPiece.operations &
  jwksPiece.operations &
  operationsPiece.operations &
  portfoliosPiece.operations &
  pricesPiece.operations &
  returnsPiece.operations &
  sessionsPiece.operations &
  summariesPiece.operations &
  usersPiece.operations;
