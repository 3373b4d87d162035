// Open JupyterLab as an evaluator does and print what happened as one JSON object.
// node visit.mjs BROWSER ADDRESS PICTURES
import { chromium } from "playwright-core";

const [executablePath, address, pictures] = process.argv.slice(2);
const END = "tingbjerg-eval: end of notebook";
const PATIENCE = 120_000;
const found = { console: [], outside: [], notebooks: {}, redrawn: {} };
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
page.setDefaultTimeout(PATIENCE);
page.on("console", (message) => {
  if (message.type() === "error") found.console.push(message.text().slice(0, 300));
});
page.on("pageerror", (error) => found.console.push(String(error).slice(0, 300)));
page.on("request", (request) => {
  const { protocol, host } = new URL(request.url());
  if (protocol.startsWith("http") && host !== new URL(address).host) found.outside.push(host);
});

const opening = Date.now();
await page.goto(address);
const panel = () => page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
await ready();
found.opened = (await page.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabLabel").allTextContents()).join(" ");
found.popups = await page.locator(".Toastify__toast, .jp-Dialog").count();
found.openSeconds = (Date.now() - opening) / 1000;

await runAll("explore");
found.redrawn.seconds = await change();
await page.screenshot({ path: `${pictures}/explore.png` });
for (const name of ["baseline", "quarterly", "end_of_period"]) {
  await page.locator(".jp-DirListing-item", { hasText: `${name}.ipynb` }).dblclick();
  await page.locator(".lm-TabBar-tab.lm-mod-current", { hasText: `${name}.ipynb` }).waitFor();
  await ready();
  await runAll(name);
  await page.screenshot({ path: `${pictures}/${name}.png` });
}
console.log(JSON.stringify(found));
await browser.close();

async function ready() {
  // Cells that are run before the kernel has answered are left alone by JupyterLab.
  await page.locator("#jp-main-statusbar", { hasText: "| Idle" }).waitFor();
  await panel().locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").waitFor();
}

async function runAll(name) {
  const start = Date.now();
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByRole("menuitem", { name: "Run All Cells", exact: true }).click();
  const end = panel().locator(".jp-OutputArea-output", { hasText: END });
  const error = panel().locator("[data-mime-type='application/vnd.jupyter.error']");
  try {
    await end.or(error).first().waitFor();
  } catch (late) {
    await page.screenshot({ path: `${pictures}/late.png` });
    throw late;
  }
  found.notebooks[name] = {
    seconds: (Date.now() - start) / 1000,
    errors: await error.allTextContents(),
    stderr: await panel().locator("[data-mime-type='application/vnd.jupyter.stderr']").count(),
    figures: await panel().locator(".jp-OutputArea img").count(),
  };
}

async function change() {
  const drawn = () => panel().locator(".widget-html img").first().getAttribute("src");
  const said = () => panel().locator(".widget-html .lead").first().textContent();
  const pick = panel().locator(".widget-dropdown select").first();
  const options = await pick.locator("option").allTextContents();
  const seconds = {};
  for (const option of options) {
    if (option === (await pick.evaluate((one) => one.selectedOptions[0].textContent))) continue;
    const before = await drawn();
    const image = await panel().locator(".widget-html img").first().elementHandle();
    const start = Date.now();
    await pick.selectOption({ label: option });
    await page.waitForFunction(([image, before]) => !image.isConnected || image.src !== before, [image, before]);
    seconds[option] = (Date.now() - start) / 1000;
    found.redrawn[option] = await said();
    await ready();
  }
  await pick.scrollIntoViewIfNeeded();
  found.redrawn.table = await panel().locator("table.dataTable tbody tr").count();
  return seconds;
}
