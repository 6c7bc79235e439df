/** Activity Audit: every request, people's first. */
import { ListPage } from "../parts/list-page.tsx";
import { activityKind } from "./kind.tsx";

export default function ActivityPage() {
  return <ListPage kind={activityKind} />;
}
