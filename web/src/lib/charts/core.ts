// ECharts, cut to what a chart uses: each chart type and part is fetched when a screen first needs it.
// On the page charts are drawn on a canvas: ECharts' SVG renderer needs style attributes, which the content policy
// forbids. SVG pictures to keep are made as text, apart from the page.
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([CanvasRenderer, GridComponent, TooltipComponent]);

const PARTS = {
  line: () => import('echarts/lib/chart/line.js'),
  bar: () => import('echarts/lib/chart/bar.js'),
  scatter: () => import('echarts/lib/chart/scatter.js'),
  heatmap: () => import('echarts/lib/chart/heatmap.js'),
  sankey: () => import('echarts/lib/chart/sankey.js'),
  custom: () => import('echarts/lib/chart/custom.js'),
  boxplot: () => import('echarts/lib/chart/boxplot.js'),
  markLine: () => import('echarts/lib/component/markLine.js'),
  markArea: () => import('echarts/lib/component/markArea.js'),
  markPoint: () => import('echarts/lib/component/markPoint.js'),
  visualMap: () => import('echarts/lib/component/visualMap.js'),
  dataZoom: () => import('echarts/lib/component/dataZoom.js'),
  legend: () => import('echarts/lib/component/legend.js'),
  title: () => import('echarts/lib/component/title.js'),
  graphic: () => import('echarts/lib/component/graphic.js'),
} as const;

/** Chart types and parts a chart may ask for. */
export type ChartPart = keyof typeof PARTS;

/** Fetches the parts; each registers itself. */
export async function loadParts(parts: ChartPart[]): Promise<void> {
  await Promise.all(parts.map((part) => PARTS[part]()));
}

export function draw(element: HTMLElement): EChartsType {
  return init(element, null, { renderer: 'canvas' });
}

/** The chart as SVG text, drawn without touching the page. */
export async function svgOf(option: object, width: number, height: number): Promise<string> {
  const { install } = await import('echarts/lib/renderer/installSVGRenderer.js');
  use([install]);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ ...option, animation: false });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

export type { EChartsType };
