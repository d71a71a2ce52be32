/* Draws the charts of a page above their tables, with the library that set-up bundled; where anything
   goes wrong, the tables stand alone. Words and amounts come ready written. */
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const LEFT_TO_RIGHT_PX = 640;

function shared() {
  return {
    animation: !still,
    color: ["#a3271f", "#1f6b4a", "#2d5d8f", "#96620d", "#6d4a8c", "#4f6367", "#8a3b62"],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--ink") },
    // the table is the chart in words; patterns tell apart what colours may not
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    tooltip: {
      renderMode: "richText", // words drawn into the picture: no style from outside the sheets
      backgroundColor: colour("--card"),
      borderColor: colour("--line"),
      textStyle: { color: colour("--ink"), fontFamily: getComputedStyle(document.body).fontFamily },
    },
  };
}

function flow(data, width) {
  const names = new Map(data.nodes.map((node) => [node.id, node.name]));
  const upright = width < LEFT_TO_RIGHT_PX;
  const last = Math.max(...data.nodes.map((node) => node.stage));
  const beside = (node) => data.nodes.filter((other) => other.stage === node.stage).length;
  return {
    ...shared(),
    tooltip: {
      ...shared().tooltip,
      formatter: ({ dataType, data: one }) =>
        dataType === "edge" ? `${names.get(one.source)} → ${names.get(one.target)}\n${one.says}` : names.get(one.name),
    },
    series: [{
      type: "sankey",
      orient: upright ? "vertical" : "horizontal",
      left: 8, right: upright ? 8 : 150, top: 24, bottom: 24,
      draggable: false,
      nodeGap: upright ? 6 : 12,
      emphasis: { focus: "adjacency" },
      lineStyle: { color: "gradient", opacity: 0.35 },
      label: {
        color: colour("--ink"),
        formatter: ({ name }) => names.get(name),
        overflow: upright ? "truncate" : "break",
      },
      labelLayout: { hideOverlap: true },
      data: data.nodes.map((node) => ({
        name: node.id,
        depth: node.stage,
        label: {
          position: upright ? (node.stage === last ? "top" : "bottom") : "right",
          width: upright ? width / beside(node) - 8 : 140,
        },
      })),
      links: data.links,
    }],
  };
}

function bars(data) {
  return {
    ...shared(),
    legend: { top: 0, textStyle: { color: colour("--ink") } },
    grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
    tooltip: { ...shared().tooltip, formatter: ({ seriesName, name, data: one }) => `${name} ${seriesName}\n${one.says}` },
    xAxis: { type: "category", data: data.months, axisLabel: { color: colour("--soft") } },
    yAxis: { type: "value", axisLabel: { show: false }, splitLine: { lineStyle: { color: colour("--line") } } },
    series: data.series.map((one) => ({ type: "bar", name: one.name, data: one.bars, barMaxWidth: 28 })),
  };
}

const KINDS = { flow, bars };

function draw(init, figure) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const canvas = figure.querySelector(".canvas");
  figure.hidden = false;
  const chart = init(canvas, null, { renderer: "svg" });
  const paint = () => {
    chart.resize();
    chart.setOption(KINDS[data.kind](data, canvas.clientWidth), true);
  };
  paint();
  new ResizeObserver(paint).observe(canvas);
}

for (const figure of document.querySelectorAll("figure.chart")) {
  try {
    const { init } = await import(figure.dataset.library);
    draw(init, figure);
  } catch (fault) {
    figure.hidden = true;
    console.warn("no chart:", fault);
  }
}
