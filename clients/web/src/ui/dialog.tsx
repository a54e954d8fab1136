// A modal dialog on the browser's own <dialog>: focus stays in it, Escape closes it, focus goes back where it was.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "./icon";

interface DialogProps {
  title: string;
  onClose: () => void;
  isForm?: boolean; // a press beside it does not throw away what was typed
  children: ComponentChildren;
}

/** Shown for as long as it is rendered. */
export function Dialog({ title, onClose, isForm = false, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const onCancel = (event: Event): void => {
    event.preventDefault(); // whoever renders it decides
    onClose();
  };
  const onClick = (event: MouseEvent): void => {
    if (event.target === dialog.current && !isForm) onClose(); // beside it
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={heading} onCancel={onCancel} onClick={onClick}>
      <div class="dialog-body">
        <header>
          <h2 id={heading}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
