// The process under measurement: reads one image through the public functions and says what that took.
// node reader.js IMAGE [walk | waste | stdin]

import { readImage } from "../../src/image/read.ts";
import { measureWaste } from "../../src/image/waste.ts";

const [path = "-", work = "waste"] = process.argv.slice(2);
const image = await readImage(path);
let entries = 0;
for (const layer of image.layers) entries += layer.entries.count;
const waste = work === "waste" ? measureWaste(image).waste : 0;
await image.close();
const peak = process.resourceUsage().maxRSS;
console.log(JSON.stringify({ entries, paths: image.paths.count, waste, peak }));
