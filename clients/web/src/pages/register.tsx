// Opening an account: a customer and its user, signed in afterwards.
import type { JSX } from "preact";
import { fieldText, useSubmit } from "../api";
import { formatHash } from "../router";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { register } from "../who";
import type { PageProps } from "./registry";

function send(form: FormData): Promise<void> {
  const password = String(form.get("password") ?? ""); // blanks belong to it
  return register(fieldText(form, "name") ?? "", fieldText(form, "email") ?? "", password);
}

export function Page({ query }: PageProps): JSX.Element {
  const submission = useSubmit(send, () => undefined);
  const { fieldErrors, problem } = submission;
  const isTaken = problem?.status === 409;
  return (
    <section class="door">
      <h1>Open an account</h1>
      <Form submission={submission} fields={["name", "email", "password"]} label="Open an account">
        <Field label="Name" name="name" autocomplete="name" required error={fieldErrors.get("name")} />
        <Field
          label="E-mail"
          name="email"
          type="email"
          autocomplete="username"
          required
          error={fieldErrors.get("email")}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="new-password"
          required
          hint="At least ten characters; a few words that do not belong together are best."
          error={fieldErrors.get("password")}
        />
        <Button type="submit" kind="primary" busy={submission.isBusy}>
          Open the account
        </Button>
      </Form>
      <p class="quiet">
        {isTaken ? "Is it yours?" : "Have one?"}{" "}
        <a href={formatHash("/sign-in", { next: query.get("next") })}>Sign in</a>
      </p>
    </section>
  );
}
