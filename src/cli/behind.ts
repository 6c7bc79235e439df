/** What `serve` loads when batches are taken in already: all that judges and answers. It is most of the program. */
export { readPages } from "../api/pages.ts";
export { api } from "../api/server.ts";
export { follower } from "../pipeline/follower.ts";
export { backtesting } from "./backtesting.ts";
export { clustersView } from "./clusters-view.ts";
export { feeds } from "./feeds.ts";
export { firstLogin } from "./first-login.ts";
export { greeting } from "./greeting.ts";
export { judging, reading } from "./judging.ts";
export { listen } from "./listener.ts";
export { liveRules } from "./live-rules.ts";
export { policyBook } from "./policy-book.ts";
export { readShippedPolicies } from "./policy-files.ts";
export { retaining } from "./retaining.ts";
export { makeOwnFolder, ruleBook } from "./rule-book.ts";
export { isPackFile } from "./rule-files.ts";
export { signingIn } from "./signing-in.ts";
export { shownSources } from "./sources-view.ts";
