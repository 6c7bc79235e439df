/** Sessions: execs, attaches, port-forwards and proxied requests, each whole. */
import { ListPage } from "../parts/list-page.tsx";
import { sessionKind } from "./session-kind.tsx";

export default function SessionsPage() {
  return <ListPage kind={sessionKind} />;
}
