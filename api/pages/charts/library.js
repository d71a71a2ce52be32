/* What pages draw with, of Apache ECharts: two kinds of charts, as SVG, with words and patterns for
   those who do not see them or their colours. */
import { BarChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([AriaComponent, BarChart, GridComponent, LegendComponent, SankeyChart, SVGRenderer, TooltipComponent]);

export { init };
