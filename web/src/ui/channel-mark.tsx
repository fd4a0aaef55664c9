import type { Channel } from "@/api/types";

const colours: Record<Channel, string> = {
  whatsapp: "#1f8f4e",
  telegram: "#1f83b8",
  messenger: "#3a5fd9",
  instagram: "#b8357a",
};

const shapes: Record<Channel, string> = {
  whatsapp: "M4.500 19.500 5.600 16a7.400 7.400 0 1 1 2.700 2.600l-3.800.9ZM9.300 8.600c-.7.700-.7 1.800.2 3.200a8.600 8.600 0 0 0 2.900 2.800c1.200.700 2.300.7 2.900 0l.3-.6-1.800-1-.8.7c-1-.5-1.700-1.200-2.200-2.200l.7-.8-.9-1.900-1.300-.2Z",
  telegram: "m4 11.600 14.800-6.200c.6-.2 1.100.2.9.900l-2.500 11.900c-.1.600-.7.800-1.200.4l-3.700-2.700-1.900 1.900c-.3.300-.8.200-.9-.3l-.9-3.700-4.400-1.400c-.6-.2-.7-.6-.2-.8Zm5.300 1.600 7.300-5.700",
  messenger: "M12 4c-4.600 0-8 3.200-8 7.400 0 2.200.9 4.100 2.500 5.400v2.700l2.500-1.300c.9.300 1.900.4 3 .4 4.600 0 8-3.100 8-7.200S16.600 4 12 4Zm-4.300 9.300 2.700-2.900 2 1.700 3.900-2.200-2.800 3-2-1.600-3.800 2Z",
  instagram: "M8 4.500h8A3.500 3.500 0 0 1 19.500 8v8a3.500 3.500 0 0 1-3.500 3.500H8A3.500 3.500 0 0 1 4.500 16V8A3.500 3.500 0 0 1 8 4.500Zm4 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Zm4.500-8.200h.01",
};

export const channelNames: Record<Channel, string> = {
  whatsapp: "WhatsApp",
  telegram: "Telegram",
  messenger: "Messenger",
  instagram: "Instagram",
};

/** The app a conversation comes from. Its name is told to readers unless a text beside it says so already. */
export function ChannelMark({ channel, size = 16, silent = false }: { channel: Channel; size?: number; silent?: boolean }) {
  const name = channelNames[channel] ?? channel;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      role={silent ? undefined : "img"}
      aria-label={silent ? undefined : name}
      aria-hidden={silent || undefined}
      style={{ flexShrink: 0 }}
    >
      <rect x="0" y="0" width="24" height="24" rx="7" fill={colours[channel] ?? "#6a655d"} />
      <path d={shapes[channel] ?? "M6 12h12"} fill="none" stroke="#fff" strokeWidth="1.6" strokeLinejoin="round" strokeLinecap="round" transform="translate(2.4 2.4) scale(.8)" />
    </svg>
  );
}
