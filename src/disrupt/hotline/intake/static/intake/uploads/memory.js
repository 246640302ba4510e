// What must survive a reload of this tab: which upload a file belongs to. Never its name.

const MEMORY = "files";

export function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(MEMORY)) || {};
  } catch {
    return {};
  }
}

/** The last part of an upload's address; the rest depends on the language. */
export const nameOf = (url) => url.split("/").filter(Boolean).pop();

export function remember(print, url) {
  const all = remembered();
  if (url) all[print] = nameOf(url);
  else delete all[print];
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify(all));
  } catch {
    // A browser that stores nothing: a reload starts the file anew.
  }
}

export function forgetAll() {
  try {
    sessionStorage.removeItem(MEMORY);
  } catch {
    // Nothing was stored.
  }
}

/** The same file chosen again is known by its size, its date and its beginning. */
export async function fingerprint(file) {
  const head = new Uint8Array(await file.slice(0, 65536).arrayBuffer());
  const about = new TextEncoder().encode(`${file.size} ${file.lastModified} `);
  if (!window.crypto?.subtle) return `${file.size}-${file.lastModified}`;
  const both = new Uint8Array(about.length + head.length);
  both.set(about);
  both.set(head, about.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", both));
  return Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same for the library that sends. */
export const storage = {
  findAllUploads: async () => [],
  findUploadsByFingerprint: async () => [],
  removeUpload: async (print) => remember(print, null),
  addUpload: async (print, upload) => {
    remember(print, upload.uploadUrl);
    return print;
  },
};
