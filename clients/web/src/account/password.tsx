// Another password.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useSubmit } from "../api";
import { api } from "../server";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { Notice } from "../ui/states";

const FIELDS = ["current_password", "new_password"] as const;

/** As it was typed: blanks belong to it. */
const typed = (form: FormData, name: string): string => String(form.get(name) ?? "");

export function Password({ email, onChanged }: { email: string | undefined; onChanged: () => void }): JSX.Element {
  const [doneN, setDoneN] = useState(0);
  const submission = useSubmit(
    (form: FormData) =>
      api.post("/auth/password", {
        body: { current_password: typed(form, "current_password"), new_password: typed(form, "new_password") },
      }),
    () => {
      setDoneN(doneN + 1);
      onChanged();
    },
  );
  const { fieldErrors } = submission;
  return (
    <section>
      <h2>Password</h2>
      <Form key={doneN} submission={submission} fields={FIELDS} label="Change the password">
        <input type="text" name="username" autocomplete="username" value={email ?? ""} hidden readOnly />
        <Field
          label="Present password"
          name="current_password"
          type="password"
          autocomplete="current-password"
          error={fieldErrors.get("current_password")}
        />
        <Field
          label="New password"
          name="new_password"
          type="password"
          autocomplete="new-password"
          hint="At least ten characters; a few words that do not belong together are best."
          error={fieldErrors.get("new_password")}
        />
        <div class="form-actions">
          <Button type="submit" kind="primary" busy={submission.isBusy}>
            Change it
          </Button>
        </div>
      </Form>
      <div role="status">
        {doneN > 0 && !submission.problem && <Notice>It is changed. You were signed out everywhere else.</Notice>}
      </div>
    </section>
  );
}
