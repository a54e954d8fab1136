// Asks before something goes, and names what goes with it.
import { ApiProblem } from "@portfolio-stream/client";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useSubmit } from "../api";
import { formatCount } from "../format";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Notice } from "./states";

export interface Dependents {
  readonly portfolios: number;
  readonly investments: number;
}

interface ConfirmDeletionProps {
  title: string;
  verb?: string;
  children: ComponentChildren; // what goes
  remove: (withDependents: boolean) => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
  onChanged?: () => void; // somebody changed it since it was read (412): reads it again
}

const CHANGED = "Somebody changed it since you looked: look again, and decide anew.";

export function ConfirmDeletion({
  title,
  verb = "Delete",
  children,
  remove,
  onDone,
  onClose,
  onChanged,
}: ConfirmDeletionProps): JSX.Element {
  const [dependents, setDependents] = useState<Dependents | null>(null);
  const submission = useSubmit(
    async () => {
      try {
        await remove(dependents !== null);
        return true;
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        if (error.status === 404) return true; // it is gone
        if (error.status === 412) {
          setDependents(null);
          onChanged?.();
          throw new Error(CHANGED);
        }
        const counted = dependentsOf(error);
        if (counted === null) throw error;
        setDependents(counted);
        return false;
      }
    },
    (isDone) => {
      if (isDone) onDone();
    },
  );
  return (
    <Dialog title={title} onClose={onClose}>
      {submission.problem && <Notice kind="error">{submission.problem.detail}</Notice>}
      <div class="confirm">{children}</div>
      {dependents && (
        <div role="alert">
          <Notice kind="warning">
            It has {countText(dependents)}. All of that goes too, and cannot be brought back.
          </Notice>
        </div>
      )}
      <div class="form-actions">
        <Button autofocus onClick={onClose}>
          Keep
        </Button>
        <Button kind="danger" busy={submission.isBusy} onClick={() => submission.submit(undefined)}>
          {dependents ? `${verb} with ${countText(dependents)}` : verb}
        </Button>
      </div>
    </Dialog>
  );
}

function dependentsOf(error: ApiProblem): Dependents | null {
  const found = error.document["dependents"];
  if (error.status !== 409 || typeof found !== "object" || found === null) return null;
  const counts = found as Readonly<Record<string, unknown>>;
  return { portfolios: Number(String(counts["portfolios"])), investments: Number(String(counts["investments"])) };
}

export function countText({ portfolios, investments }: Dependents): string {
  const parts = [count(portfolios, "portfolio"), count(investments, "investment")].filter((part) => part !== "");
  return parts.join(" and ") || "nothing";
}

function count(n: number, what: string): string {
  return n === 0 ? "" : n === 1 ? `1 ${what}` : `${formatCount(n)} ${what}s`;
}
