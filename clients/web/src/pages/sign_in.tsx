// Signing in; on a demo server with the demo's account offered.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApi, useSubmit } from "../api";
import { base } from "../server";
import { formatHash } from "../router";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Form } from "../ui/form";
import { signIn } from "../who";
import type { PageProps } from "./registry";

interface Demo {
  readonly email: string;
  readonly password: string;
}

/** A demo says whom one can be; elsewhere the file is not there. */
async function readDemo(signal: AbortSignal): Promise<{ data: Demo | null }> {
  const response = await fetch(new URL("demo.json", base), { signal });
  if (!response.ok) return { data: null };
  const demo: unknown = await response.json();
  return { data: isDemo(demo) ? demo : null };
}

function isDemo(value: unknown): value is Demo {
  return (
    typeof value === "object" &&
    value !== null &&
    "email" in value &&
    "password" in value &&
    typeof value.email === "string" &&
    typeof value.password === "string"
  );
}

export function Page({ query }: PageProps): JSX.Element {
  const [email, setEmail] = useState("");
  const demo = useApi("demo", readDemo);
  const submission = useSubmit(
    (form: FormData) => signIn(String(form.get("email")), String(form.get("password"))),
    () => undefined, // the door opens by itself
  );
  const asDemo = useSubmit(
    (account: Demo) => signIn(account.email, account.password),
    () => undefined,
  );
  const { fieldErrors } = submission;
  return (
    <section class="door">
      <h1>Sign in</h1>
      <Form submission={submission} fields={["email", "password"]} label="Sign in">
        <Field
          label="E-mail"
          name="email"
          type="email"
          autocomplete="username"
          required
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
          error={fieldErrors.get("email")}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          error={fieldErrors.get("password")}
        />
        <Button type="submit" kind="primary" busy={submission.isBusy}>
          Sign in
        </Button>
      </Form>
      {demo.data && <DemoOffer demo={demo.data} submission={asDemo} />}
      <p class="quiet">
        No account yet? <a href={formatHash("/register", { next: query.get("next") })}>Open one</a>
      </p>
    </section>
  );
}

function DemoOffer({
  demo,
  submission,
}: {
  demo: Demo;
  submission: ReturnType<typeof useSubmit<Demo, void>>;
}): JSX.Element {
  return (
    <div class="door-offer">
      <Button busy={submission.isBusy} onClick={() => submission.submit(demo)}>
        Use the demo account, {demo.email}
      </Button>
      {submission.problem && (
        <p class="field-error" role="alert">
          {submission.problem.detail}
        </p>
      )}
    </div>
  );
}
