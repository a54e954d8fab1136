// A customer: a new one ("/customers/new"), or one that is there, to change and, for who administers, to delete.
import type { BodyOf, RestComponents } from "@portfolio-stream/client";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { fieldText, useApi, useSubmit, type Submission } from "../api";
import { saveOver, storedHint, storedOf, type Stored } from "../correction";
import { navigate, useTitle } from "../navigation";
import { Once } from "../once";
import { mayAdminister, mayChange } from "../rights";
import { formatHash } from "../router";
import { api } from "../server";
import { Button, LinkButton } from "../ui/button";
import { ConfirmDeletion } from "../ui/confirm_deletion";
import { Field, TextField } from "../ui/field";
import { Form } from "../ui/form";
import { Empty, Loaded } from "../ui/states";
import { useMe } from "../who";
import type { PageProps } from "./registry";
import "../styles/forms.css";

type Customer = RestComponents["schemas"]["Customer"];
type CustomerInput = BodyOf<"put", "/customers/{customer_id}">;

const FIELDS = ["name", "email", "phone", "address"] as const;

function bodyOf(form: FormData): CustomerInput {
  const members = FIELDS.flatMap((name) => {
    const text = fieldText(form, name);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(members) as CustomerInput;
}

async function read(customerId: string, signal?: AbortSignal): Promise<{ data: Stored<Customer> }> {
  return storedOf(await api.get("/customers/{customer_id}", { params: { customer_id: customerId }, signal }));
}

export function Page({ params }: PageProps): JSX.Element {
  const me = useMe();
  const customerId = params["customerId"] ?? "";
  const isNew = customerId === "new";
  const stored = useApi(isNew ? null : `customer ${customerId}`, (signal) => read(customerId, signal));
  useTitle(isNew ? "New customer" : stored.data?.value.name);
  if (isNew) return mayAdminister(me) ? <Creating /> : <Empty isPage title="Only administrators make customers" />;
  if (!mayChange(me)) return <Empty isPage title="You may look at customers, not change them" />;
  return (
    <Loaded of={stored} what="Loading the customer">
      {(found) => (
        <div class="settings">
          <Changing stored={found} isOwn={me.customer_id === customerId} />
          {mayAdminister(me) && <Ending stored={found} onChanged={stored.reload} />}
        </div>
      )}
    </Loaded>
  );
}

const overviewOf = (customerId: string): string => formatHash("/", { customer: customerId });

function Creating(): JSX.Element {
  const once = useRef(new Once());
  const submission = useSubmit(
    (form: FormData) => {
      const body = bodyOf(form);
      return once.current.send(body, (idempotencyKey) => api.post("/customers", { body, idempotencyKey }));
    },
    ({ data }) => navigate("/", { customer: data.customer_id }),
  );
  return (
    <div class="settings">
      <section>
        <h1>New customer</h1>
        <CustomerForm submission={submission} once={once} verb="Create" cancel="#/" />
      </section>
    </div>
  );
}

function Changing({ stored, isOwn }: { stored: Stored<Customer>; isOwn: boolean }): JSX.Element {
  const [latest, setLatest] = useState(stored);
  const customerId = stored.value.customer_id;
  const back = isOwn ? "#/account" : overviewOf(customerId);
  const submission = useSubmit(
    (form: FormData) =>
      saveOver({
        latest,
        write: (etag) =>
          api.put("/customers/{customer_id}", { params: { customer_id: customerId }, body: bodyOf(form), etag }),
        read: () => read(customerId),
        isSame: (one, other) => FIELDS.every((name) => one[name] === other[name]),
        onOther: setLatest,
      }),
    () => {
      location.hash = back;
    },
  );
  return (
    <section>
      <h1>{stored.value.name}</h1>
      <CustomerForm
        submission={submission}
        verb={latest === stored ? "Save" : "Save over it"}
        cancel={back}
        stored={stored.value}
        latest={latest.value}
      />
    </section>
  );
}

interface CustomerFormProps {
  submission: Submission<FormData>;
  once?: { current: Once };
  verb: string;
  cancel: string;
  stored?: Customer;
  latest?: Customer;
}

function CustomerForm({ submission, once, verb, cancel, stored, latest }: CustomerFormProps): JSX.Element {
  const at = (name: (typeof FIELDS)[number], usual?: string) => ({
    name,
    defaultValue: stored?.[name] ?? "",
    hint: storedHint(stored?.[name], latest?.[name], usual),
    error: submission.fieldErrors.get(name),
  });
  return (
    <Form
      submission={submission}
      fields={FIELDS}
      label="Customer"
      version={stored?.updated_at}
      {...(once ? { once } : {})}
    >
      <Field label="Name" autocomplete="off" {...at("name")} />
      <Field label="E-mail" type="email" autocomplete="off" {...at("email")} />
      <Field label="Phone" type="tel" autocomplete="off" {...at("phone")} />
      <TextField label="Address" rows={3} autocomplete="off" {...at("address")} />
      <div class="form-actions">
        <Button type="submit" kind="primary" busy={submission.isBusy}>
          {verb}
        </Button>
        <LinkButton href={cancel}>Cancel</LinkButton>
      </div>
    </Form>
  );
}

function Ending({ stored, onChanged }: { stored: Stored<Customer>; onChanged: () => void }): JSX.Element {
  const [isAsked, setAsked] = useState(false);
  const { value, etag } = stored;
  const remove = (cascade: boolean): Promise<unknown> =>
    api.delete("/customers/{customer_id}", {
      params: { customer_id: value.customer_id },
      ...(cascade ? { query: { cascade } } : {}),
      etag: etag ?? undefined,
    });
  return (
    <section>
      <h2>Delete this customer</h2>
      <p class="quiet">With the users that belong to it, and, if you say so, with its portfolios.</p>
      <div>
        <Button kind="danger" onClick={() => setAsked(true)}>
          Delete…
        </Button>
      </div>
      {isAsked && (
        <ConfirmDeletion
          title={`Delete ${value.name}?`}
          remove={remove}
          onChanged={onChanged}
          onDone={() => navigate("/")}
          onClose={() => setAsked(false)}
        >
          <p>
            The customer <strong>{value.name}</strong> ({value.email}) goes.
          </p>
        </ConfirmDeletion>
      )}
    </section>
  );
}
