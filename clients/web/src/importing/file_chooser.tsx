// Where a file is chosen, or dropped.
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";

interface FileChooserProps {
  onFile: (file: File) => void;
  children?: JSX.Element;
}

export function FileChooser({ onFile, children }: FileChooserProps): JSX.Element {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const onDragOver = (event: DragEvent): void => {
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault(); // else the browser goes to the file
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  };
  const onChange: JSX.InputEventHandler<HTMLInputElement> = (event) => {
    const file = event.currentTarget.files?.[0];
    event.currentTarget.value = ""; // the same one again is a choice, too
    if (file) onFile(file);
  };
  return (
    <div
      class="drop"
      data-over={isOver ? "" : undefined}
      onDragOver={onDragOver}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <input id={id} class="visually-hidden" type="file" accept=".csv,text/csv,text/plain" onChange={onChange} />
      <label for={id} class="button">
        Choose a CSV file
      </label>
      <span class="quiet">or drop it here</span>
      {children}
    </div>
  );
}
