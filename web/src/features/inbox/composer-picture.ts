/** The longer sides that are tried, in pixels, until a picture fits; and how finely it is kept. */
const sides = [4096, 3072, 2048, 1600, 1280, 1024];
const quality = 0.86;

/** Makes a picture small enough for a channel, as a JPEG turned as it is seen. Null when the browser can't. */
export async function shrinkPicture(file: File, max: number): Promise<File | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null; // not a picture that this browser reads
  }
  try {
    for (const side of sides) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const jpeg = await drawn(picture, Math.round(picture.width * scale), Math.round(picture.height * scale));
      if (jpeg === null) return null;
      if (jpeg.size <= max) return new File([jpeg], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
    }
    return null;
  } finally {
    picture.close();
  }
}

async function drawn(source: CanvasImageSource, width: number, height: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, width);
  canvas.height = Math.max(1, height);
  const pen = canvas.getContext("2d");
  if (pen === null) return null;
  pen.fillStyle = "#fff"; // a JPEG shows nothing through
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

const posterSide = 960;
const posterWaitMs = 5000;

/** A picture of a film's first moment; undefined when the browser does not play it. */
export async function posterOf(file: File): Promise<Blob | undefined> {
  const film = document.createElement("video");
  const url = URL.createObjectURL(file);
  try {
    film.muted = true;
    film.playsInline = true;
    film.preload = "auto";
    const shown = new Promise<boolean>((resolve) => {
      film.onseeked = () => resolve(true);
      film.onloadeddata = () => (film.currentTime = Math.min(0.1, film.duration || 0.1));
      film.onerror = () => resolve(false);
      setTimeout(() => resolve(false), posterWaitMs);
    });
    film.src = url;
    if (!(await shown) || film.videoWidth === 0) return undefined;
    const scale = Math.min(1, posterSide / Math.max(film.videoWidth, film.videoHeight));
    return (await drawn(film, Math.round(film.videoWidth * scale), Math.round(film.videoHeight * scale))) ?? undefined;
  } finally {
    film.removeAttribute("src");
    film.load();
    URL.revokeObjectURL(url);
  }
}
