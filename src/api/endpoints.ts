/** Every endpoint under `/api/v1`, by what the user came for: the routes and OpenAPI are both read from here. */
import { activityEndpoints } from "./activities/endpoints.ts";
import { backtestEndpoints } from "./backtests/endpoints.ts";
import { changeEndpoints } from "./changes/endpoints.ts";
import { clusterEndpoints } from "./clusters/endpoints.ts";
import { detectionEndpoints } from "./detections/endpoints.ts";
import { distributionEndpoints } from "./distributions/endpoints.ts";
import type { Endpoint } from "./endpoint.ts";
import { policyEndpoints } from "./policies/endpoints.ts";
import { quarantineEndpoints } from "./quarantine/endpoints.ts";
import { ruleFileEndpoints } from "./rule-files/endpoints.ts";
import { ruleEndpoints } from "./rules/endpoints.ts";
import { sessionEndpoints } from "./session/endpoints.ts";
import { sourceEndpoints } from "./sources/endpoints.ts";
import { tokenEndpoints } from "./tokens/endpoints.ts";
import { userEndpoints } from "./users/endpoints.ts";

export const endpoints: readonly Endpoint[] = [
  ...detectionEndpoints,
  ...activityEndpoints,
  ...clusterEndpoints,
  ...distributionEndpoints,
  ...sourceEndpoints,
  ...quarantineEndpoints,
  ...policyEndpoints,
  ...ruleEndpoints,
  ...ruleFileEndpoints,
  ...backtestEndpoints,
  ...changeEndpoints,
  ...sessionEndpoints,
  ...userEndpoints,
  ...tokenEndpoints,
];
