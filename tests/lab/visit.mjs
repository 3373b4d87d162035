// Open JupyterLab as an evaluator does and print what happened as one JSON object.
// node visit.mjs BROWSER ADDRESS PICTURES NOTEBOOK...   (the first is the one that opens)
import { chromium } from "playwright-core";

const [executablePath, address, pictures, ...notebooks] = process.argv.slice(2);
const END = "tingbjerg-eval: end of notebook";
const PATIENCE = 120_000;
const LEGIBLE = { normal: 4.5, large: 3 }; // WCAG 2.2, 1.4.3
const found = { console: [], outside: [], notebooks: {}, redrawn: {}, faint: [], looked: {} };
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
page.setDefaultTimeout(PATIENCE);
page.on("console", (message) => {
  if (message.type() === "error") found.console.push(`${message.text().slice(0, 300)} ${message.location().url}`);
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

for (const [place, name] of notebooks.entries()) {
  if (place) await page.locator(".jp-DirListing-item", { hasText: `${name}.ipynb` }).dblclick();
  await open(name);
  await ready();
  await runAll(name);
  if (!place) found.redrawn.seconds = await change();
}
for (const theme of ["Light", "Dark"]) {
  await wear(theme);
  for (const name of notebooks) await look(name, theme);
}
console.log(JSON.stringify(found));
await browser.close();

async function open(name) {
  const tab = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", { hasText: `${name}.ipynb` });
  await tab.click();
  await page.locator(".lm-TabBar-tab.lm-mod-current", { hasText: `${name}.ipynb` }).waitFor();
}

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
  const error = panel().locator(["error", "stderr"].map((one) => `[data-mime-type='application/vnd.jupyter.${one}']`).join());
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
    tables: await panel().locator(".tingbjerg table").count(),
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

async function wear(theme) {
  if ((await page.locator(`body[data-jp-theme-name='JupyterLab ${theme}']`).count()) > 0) return;
  const chosen = { theme: `JupyterLab ${theme}` };
  await page.evaluate((chosen) => window.jupyterapp.commands.execute("apputils:change-theme", chosen), chosen);
  await page.locator(`body[data-jp-theme-name='JupyterLab ${theme}']`).waitFor({ state: "attached" });
}

async function look(name, theme) {
  await open(name);
  const faint = await panel().evaluate(contrasts, LEGIBLE);
  found.looked[`${name} ${theme}`] = faint.looked;
  found.faint.push(...faint.below.map((one) => `${name}, ${theme}: ${one}`));
  if (!process.env.LAB_PICTURES) return; // nobody looks at them
  await page.setViewportSize({ width: 1400, height: 4000 });
  await page.screenshot({ path: `${pictures}/${name}-${theme.toLowerCase()}.png` });
  await page.setViewportSize({ width: 1400, height: 1100 });
}

// Every text that is shown in an output and its contrast to what lies behind it.
function contrasts(panel, legible) {
  const channels = (colour) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (front, behind) => [0, 1, 2].map((one) => front[one] * front[3] + behind[one] * (1 - front[3]));
  const light = (rgb) => rgb
    .map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    const own = channels(getComputedStyle(element).backgroundColor);
    if (own[3] === 1 || !element.parentElement) return own.slice(0, 3);
    return over(own, behind(element.parentElement));
  };
  const below = new Set();
  let looked = 0;
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.closest(".jp-OutputArea-output") || !element.checkVisibility()) continue;
    if (element.closest(":disabled, .disabled")) continue; // WCAG 1.4.3 asks nothing of these
    if (element.closest("style, script, svg") || element.getBoundingClientRect().width < 2) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const ends = [light(over(channels(style.color), ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (ends[0] + 0.05) / (ends[1] + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    looked += 1;
    if (ratio < (large ? legible.large : legible.normal)) {
      const place = `${element.localName}.${element.className} in ${element.closest("div")?.className}`;
      below.add(`${ratio.toFixed(2)} ${place} ${style.color}: ${text.slice(0, 40)}`);
    }
  }
  return { looked, below: [...below] };
}
