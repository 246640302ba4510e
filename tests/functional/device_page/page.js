/** The smallest page that uses the module: choose files, see their fingerprints. */

import { DeviceError, Fingerprinter } from "/static/intake/device/index.js";

const byId = (id) => document.getElementById(id);
let stop = new AbortController();

/** A fingerprint, or why there is none; what is known all the same beside it. */
async function attempt(device, file, options) {
  try {
    return await device.fingerprint(file, options);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { error: error.code, ...error.partial };
  }
}

byId("files").addEventListener("change", async () => {
  byId("out").textContent = "";
  const onProgress = ({ fraction }) => {
    byId("bar").value = fraction;
  };
  for (const file of byId("files").files) {
    const found = await attempt(devices.all, file, { onProgress, signal: stop.signal });
    byId("out").textContent += `${JSON.stringify(found, null, 2)}\n`;
  }
});

byId("cancel").addEventListener("click", () => {
  stop.abort();
  stop = new AbortController();
});

const devices = {
  all: new Fingerprinter(),
  "worker-canvas": new Fingerprinter({ routes: ["worker-canvas"] }),
  "page-canvas": new Fingerprinter({ routes: ["page-canvas"] }),
};

/** What the tests drive, in this page and no other. */
globalThis.bench = {
  attempt,
  devices,
  DeviceError,
  Fingerprinter,
  /** Every chosen file in turn, as JSON. */
  async hashChosen(route = "all") {
    const found = [];
    for (const file of byId("files").files) found.push(await attempt(devices[route], file, {}));
    return found;
  },
};
