import type { CycleRole } from "../api/shapes";

/** A person has a colour and a shape: teacher round, coach square, observer diamond. The name stands beside it in words. */
export function Face({ role, name }: { role: CycleRole; name: string }) {
  return <span class={`face ${role}`} aria-hidden="true"><span>{name.trim().charAt(0).toUpperCase()}</span></span>;
}

export function PersonName({ role, name }: { role: CycleRole; name: string }) {
  return <span class="person"><Face role={role} name={name} />{name}</span>;
}
