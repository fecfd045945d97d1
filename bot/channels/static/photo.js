// A photo made small before it travels: a phone's eight megabytes become a few hundred kilobytes.

const SIDE = 2048;
const QUALITY = 0.85;

// Gives what to send and, where the browser can read the picture, a canvas to show meanwhile.
export async function prepared(file) {
  let image;
  try {
    image = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return { photo: file, preview: null }; // the server says what it thinks of it
  }
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return { photo: small && small.size < file.size ? small : file, preview: canvas };
}
