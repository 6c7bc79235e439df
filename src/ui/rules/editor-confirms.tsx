/** What the editor asks before something written is lost. */
import { Confirm } from "../parts/confirm.tsx";
import type { Edit } from "./edits.ts";

export interface EditorConfirmsProps {
  readonly edit: Edit | undefined;
  readonly asking: "revert" | "delete" | undefined;
  /** Files that are not saved, where somebody goes to another page. */
  readonly leaving: readonly string[] | undefined;
  readonly isBusy: boolean;
  onRevert(): void;
  onDelete(): void;
  onLeave(): void;
  onStay(): void;
  onClose(): void;
}

export function EditorConfirms(props: EditorConfirmsProps) {
  const { edit, asking, leaving = [], isBusy, onRevert, onDelete, onLeave, onStay, onClose } = props;
  return (
    <>
      <Confirm
        opened={asking === "revert" && edit !== undefined}
        title="Revert to what is saved?"
        action={edit?.etag === null ? "Throw the file away" : "Revert"}
        danger
        onClose={onClose}
        onConfirm={onRevert}
      >
        What you changed in {edit?.name} since is lost.
      </Confirm>
      <Confirm
        opened={asking === "delete" && edit !== undefined}
        title={`Delete ${edit?.name ?? ""}?`}
        action="Delete"
        danger
        busy={isBusy}
        onClose={onClose}
        onConfirm={onDelete}
      >
        Its rules judge no more, and what it changed of other rules is undone. The audit trail keeps its text.
      </Confirm>
      <Confirm
        opened={leaving.length > 0}
        title="Leave without saving?"
        action="Leave"
        danger
        onClose={onStay}
        onConfirm={onLeave}
      >
        {leaving.join(", ")} {leaving.length === 1 ? "is" : "are"} not saved. What you wrote is lost.
      </Confirm>
    </>
  );
}
