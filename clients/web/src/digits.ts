// How wide a digit is: the `ch` of CSS is the default zero's, which in some fonts is not as wide as digits that
// are all of one width. Columns are aligned by these, so it is measured, once, into --digit (in em).

const SAMPLE = "00000000000000000000";
const SIZE_PX = 100;

export function measureDigit(): void {
  const sample = document.createElement("span");
  sample.className = "number visually-hidden";
  sample.textContent = SAMPLE;
  sample.style.fontSize = `${SIZE_PX}px`;
  sample.style.width = "auto";
  document.body.append(sample);
  const width = sample.getBoundingClientRect().width / SAMPLE.length / SIZE_PX;
  sample.remove();
  if (width > 0) document.documentElement.style.setProperty("--digit", `${width.toFixed(4)}em`);
}
