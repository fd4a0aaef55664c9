import { useState } from "react";
import { Icon } from "../icon";
import classes from "./shop.module.css";

/** A product's picture; a sign in its place where there is none or it can't be fetched. The name stands beside it. */
export function Picture({ url }: { url: string }) {
  const [broken, setBroken] = useState("");
  return <span className={classes.picture}>{url === "" || broken === url ? <Icon name="image" size={22} /> : <img src={url} alt="" loading="lazy" referrerPolicy="no-referrer" onError={() => setBroken(url)} />}</span>;
}
