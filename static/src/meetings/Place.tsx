import { placeHref } from "./place";

export function Place({ place }: { place: string }) {
  const href = placeHref(place);
  if (place === "") return null;
  if (href === null) return <p class="break" dir="auto">{place}</p>;
  const elsewhere = href.startsWith("tel:") ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return <p class="break"><a class="far" href={href} {...elsewhere}>{place}</a></p>;
}
