// Who is signed in: password, sessions, API keys.
import type { JSX } from "preact";
import { Keys } from "../account/keys";
import { Password } from "../account/password";
import { Sessions, useSessions } from "../account/sessions";
import { hasAccount } from "../rights";
import { Button } from "../ui/button";
import { Empty } from "../ui/states";
import { signOut, useMe, type Me } from "../who";
import "../styles/forms.css";

const ROLES: Readonly<Record<Me["role"], string>> = {
  user: "Your own portfolios",
  advisor: "Advisor: looks at the portfolios of customers",
  service: "Service: sees everything, publishes prices",
  admin: "Administrator: everything",
};

export function Page(): JSX.Element {
  const me = useMe();
  if (me.credential === "none")
    return <Empty isPage title="This server asks nobody to sign in">Everybody who reaches it may do everything.</Empty>;
  return (
    <div class="settings">
      <section>
        <h1>Account</h1>
        <dl class="facts">
          {me.email && (
            <>
              <dt>E-mail</dt>
              <dd>{me.email}</dd>
            </>
          )}
          <dt>May see and do</dt>
          <dd>{ROLES[me.role]}</dd>
        </dl>
        <div class="form-actions">
          {me.customer_id && (
            <a class="button is-plain" href={`#/customers/${me.customer_id}`}>
              Name and address
            </a>
          )}
          <Button onClick={() => void signOut()}>Sign out</Button>
        </div>
      </section>
      {hasAccount(me) && <Own email={me.email} />}
    </div>
  );
}

function Own({ email }: { email: string | undefined }): JSX.Element {
  const sessions = useSessions();
  return (
    <>
      <Password email={email} onChanged={sessions.reload} />
      <Sessions sessions={sessions} />
      <Keys />
    </>
  );
}
