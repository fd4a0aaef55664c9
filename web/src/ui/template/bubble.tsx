import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { TemplateButton } from "@/api/template";
import { Icon, type IconName } from "../icon";
import { RichText } from "../rich-text";
import classes from "./template.module.css";
import { filledIn } from "./variable";

/** What a template says, as far as a bubble shows it. */
export interface Drawn {
  header?: { kind: string; text?: string } | undefined;
  body: string;
  footer?: string | undefined;
  buttons?: readonly Pick<TemplateButton, "kind" | "text">[] | undefined;
}

const icons: Partial<Record<string, IconName>> = { quick_reply: "reply", url: "link", phone_number: "phone", copy_code: "copy", otp: "copy", flow: "list", catalog: "box" };
const files: Partial<Record<string, IconName>> = { image: "image", video: "play", document: "file", location: "pin" };

/** A template as the customer sees it in WhatsApp. What has no value yet is marked. */
export function Preview({ template, values = {}, picture }: { template: Drawn; values?: Readonly<Record<string, string>>; picture?: string | undefined }) {
  const { t } = useTranslation("template");
  const { header, body, footer, buttons = [] } = template;
  const place = [values["header.name"], values["header.address"]].filter(Boolean).join("\n");
  return (
    <figure className={classes.paper} style={{ margin: 0 }} aria-label={t("preview")}>
      <div className={classes.bubble}>
        <div className={classes.inner}>
          {header?.kind === "text" && (header.text ?? "") !== "" && <div className={classes.head}>{gaps(filledIn(header.text ?? "", "header.", values))}</div>}
          {header !== undefined && header.kind !== "text" && (
            <div className={classes.file}>
              {picture !== undefined && header.kind === "image" ? <img src={picture} alt={t("headerFile")} /> : <Icon name={files[header.kind] ?? "file"} size={30} />}
              {header.kind === "location" && place !== "" ? <span style={{ whiteSpace: "pre-line" }}>{place}</span> : picture === undefined && <span>{t(`header.${header.kind}` as "header.image")}</span>}
            </div>
          )}
          <div className={classes.body}>{body.trim() === "" ? <span className={classes.foot}>{t("emptyBody")}</span> : lines(filledIn(body, "", values))}</div>
          {(footer ?? "") !== "" && <div className={classes.foot}>{footer}</div>}
        </div>
        {buttons.length > 0 && (
          <ul className={classes.buttons}>
            {buttons.map((button, index) => (
              <li key={index}>
                <Icon name={icons[button.kind] ?? "link"} size={16} />
                <span>{button.text === "" ? t(`button.${button.kind}` as "button.copy_code", { defaultValue: button.kind }) : button.text}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </figure>
  );
}

const gap = /(\{\{[^{}]*\}\})/;

/** Marks the variables that are still open. */
function gaps(text: string): ReactNode {
  return text.split(gap).map((part, index) =>
    gap.test(part) ? (
      <span key={index} className={classes.gap}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}

/** Words with WhatsApp's own marks; where a variable is open they stay as they are written. */
function lines(text: string): ReactNode {
  return gap.test(text) ? gaps(text) : <RichText text={text} style="whatsapp" />;
}
