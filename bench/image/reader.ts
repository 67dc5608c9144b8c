// The process under measurement: reads one image through the public functions, or as the command does, and says what
// that took.
// node reader.js IMAGE [walk | waste | text | json]

const [path = "-", work = "waste"] = process.argv.slice(2);
const found = work === "text" || work === "json" ? await command(path, work) : await read(path);
console.log(JSON.stringify({ ...found, peak: process.resourceUsage().maxRSS }));

async function read(source: string) {
  const [{ readImage }, { measureWaste }] = await Promise.all([
    import("../../src/image/read.ts"),
    import("../../src/image/waste.ts"),
  ]);
  const image = await readImage(source);
  let entries = 0;
  for (const layer of image.layers) entries += layer.entries.count;
  const waste = work === "waste" ? measureWaste(image).waste : 0;
  await image.close();
  return { entries, waste };
}

async function command(image: string, format: string) {
  const { main } = await import("../../src/cli.ts");
  const code = await main(["image", image, "--format", format, "--output", "/dev/null", "--no-dive-ci"]);
  if (code !== 0) throw new Error(`the command ends with ${code}`);
  return {};
}
