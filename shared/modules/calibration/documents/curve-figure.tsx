import type { Curve } from './certificate-content.ts';
import { type Axis, linearScale, niceAxis, snugAxis, tickLabel } from './scale.ts';
import type { CertificateTexts } from './texts.ts';

const width = 680;
const height = 276;
const frame = { left: 58, right: 668, top: 12, bottom: 228 };

type Plot = {
  readonly curve: Curve;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
};

/** Errors over the nominal value with bars of ±U, tolerance limits, and the fit with its confidence band. */
export function CurveFigure({
  curve,
  index,
  texts,
}: {
  curve: Curve;
  index: number;
  texts: CertificateTexts;
}) {
  const plot = layOut(curve);
  const caption = `${texts.figure.label} ${index}. ${curve.title}`;
  return (
    <figure>
      <svg class="curve" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={caption} direction="ltr">
        <Grid plot={plot} />
        <Tolerance plot={plot} />
        <Fit plot={plot} />
        <Points plot={plot} />
        <AxisTitles curve={curve} />
      </svg>
      <Legend curve={curve} texts={texts} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

function layOut(curve: Curve): Plot {
  const xs = [...curve.points, ...curve.asFound, ...curve.tolerance].map(point => point.x);
  const ys = [
    0,
    ...curve.points.flatMap(point => [point.y - point.uncertainty, point.y + point.uncertainty]),
    ...curve.asFound.map(point => point.y),
    ...curve.tolerance.flatMap(point => [point.lower, point.upper]),
    ...(curve.fit?.line.flatMap(point => [point.lower, point.upper]) ?? []),
  ];
  const xAxis = snugAxis(xs, 8);
  const yAxis = niceAxis(padded(ys), 6);
  return {
    curve,
    xAxis,
    yAxis,
    x: linearScale(xAxis, frame.left, frame.right),
    y: linearScale(yAxis, frame.bottom, frame.top),
  };
}

// Keeps the outermost marks off the frame.
function padded(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = (high - low) * 0.02;
  return [low - margin, high + margin];
}

function Grid({ plot: { xAxis, yAxis, x, y } }: { plot: Plot }) {
  return (
    <g>
      <g stroke="#e3e7eb" stroke-width="0.7">
        {xAxis.ticks.map(tick => (
          <path d={`M${x(tick)} ${frame.top}V${frame.bottom}`} />
        ))}
        {yAxis.ticks.map(tick => (
          <path d={`M${frame.left} ${y(tick)}H${frame.right}`} />
        ))}
      </g>
      <path d={`M${frame.left} ${y(0)}H${frame.right}`} stroke="#8a949e" stroke-width="0.8" />
      <rect
        x={frame.left}
        y={frame.top}
        width={frame.right - frame.left}
        height={frame.bottom - frame.top}
        fill="none"
        stroke="#8a949e"
        stroke-width="0.8"
      />
      <g class="tick">
        {xAxis.ticks.map(tick => (
          <text x={x(tick)} y={frame.bottom + 14} text-anchor="middle">
            {tickLabel(tick, xAxis.step)}
          </text>
        ))}
        {yAxis.ticks.map(tick => (
          <text x={frame.left - 7} y={y(tick) + 3.2} text-anchor="end">
            {tickLabel(tick, yAxis.step)}
          </text>
        ))}
      </g>
    </g>
  );
}

function Tolerance({ plot: { curve, x, y } }: { plot: Plot }) {
  if (curve.tolerance.length < 2) return null;
  const line = (edge: 'lower' | 'upper') =>
    polyline(curve.tolerance.map(point => [x(point.x), y(point[edge])]));
  return (
    <g fill="none" stroke="#a1323a" stroke-width="1.1" stroke-dasharray="6 3.5">
      <path d={line('upper')} />
      <path d={line('lower')} />
    </g>
  );
}

function Fit({ plot: { curve, x, y } }: { plot: Plot }) {
  if (curve.fit === undefined) return null;
  const { line } = curve.fit;
  const upper = line.map(point => [x(point.x), y(point.upper)] as const);
  const lower = line.map(point => [x(point.x), y(point.lower)] as const).reverse();
  return (
    <g>
      <path d={`${polyline([...upper, ...lower])}Z`} fill="var(--accent)" fill-opacity="0.12" />
      <path
        d={polyline(line.map(point => [x(point.x), y(point.y)]))}
        fill="none"
        stroke="var(--accent)"
        stroke-width="1.2"
      />
    </g>
  );
}

function Points({ plot: { curve, x, y } }: { plot: Plot }) {
  return (
    <g>
      <g fill="#fff" stroke="#7a848e" stroke-width="1.1">
        {curve.asFound.map(point => (
          <path d={diamond(x(point.x), y(point.y), 4)} />
        ))}
      </g>
      <g stroke="var(--accent)" stroke-width="1.1">
        {curve.points.map(point => (
          <path d={errorBar(x(point.x), y(point.y - point.uncertainty), y(point.y + point.uncertainty))} />
        ))}
      </g>
      <g fill="var(--accent)">
        {curve.points.map(point => (
          <circle cx={x(point.x)} cy={y(point.y)} r="3" />
        ))}
      </g>
    </g>
  );
}

function AxisTitles({ curve }: { curve: Curve }) {
  const middle = (frame.top + frame.bottom) / 2;
  return (
    <g class="axis">
      <text x={(frame.left + frame.right) / 2} y={frame.bottom + 36} text-anchor="middle">
        {`${curve.xLabel} / ${curve.xUnit}`}
      </text>
      <text transform={`translate(14 ${middle}) rotate(-90)`} text-anchor="middle">
        {`${curve.yLabel} / ${curve.yUnit}`}
      </text>
    </g>
  );
}

function Legend({ curve, texts }: { curve: Curve; texts: CertificateTexts }) {
  const hasAsFound = curve.asFound.length > 0;
  const marks = 1 + (hasAsFound ? 1 : 0) + (curve.tolerance.length > 1 ? 1 : 0) + (curve.fit ? 2 : 0);
  return (
    <ul class={`legend ${marks % 3 === 1 ? 'halves' : 'thirds'}`}>
      <li>
        <svg viewBox="0 0 22 12" aria-hidden="true">
          <path d={errorBar(11, 11, 1)} stroke="var(--accent)" />
          <circle cx="11" cy="6" r="2.6" fill="var(--accent)" />
        </svg>
        {hasAsFound ? texts.figure.asLeft : texts.figure.result}
      </li>
      {hasAsFound && (
        <li>
          <svg viewBox="0 0 22 12" aria-hidden="true">
            <path d={diamond(11, 6, 3.6)} fill="#fff" stroke="#7a848e" />
          </svg>
          {texts.figure.asFound}
        </li>
      )}
      {curve.tolerance.length > 1 && (
        <li>
          <svg viewBox="0 0 22 12" aria-hidden="true">
            <path d="M0 6H22" stroke="#a1323a" stroke-width="1.1" stroke-dasharray="6 3.5" />
          </svg>
          {texts.figure.tolerance}
        </li>
      )}
      {curve.fit && (
        <li>
          <svg viewBox="0 0 22 12" aria-hidden="true">
            <path d="M0 6H22" stroke="var(--accent)" stroke-width="1.2" />
          </svg>
          {`${texts.figure.fit}: ${curve.fit.label}`}
        </li>
      )}
      {curve.fit && (
        <li>
          <svg viewBox="0 0 22 12" aria-hidden="true">
            <rect y="1" width="22" height="10" fill="var(--accent)" fill-opacity="0.14" />
          </svg>
          {texts.figure.band}
        </li>
      )}
    </ul>
  );
}

function errorBar(x: number, low: number, high: number): string {
  return `M${x} ${low}V${high}M${x - 3.5} ${low}h7M${x - 3.5} ${high}h7`;
}

function diamond(x: number, y: number, radius: number): string {
  return `M${x} ${y - radius}l${radius} ${radius}l${-radius} ${radius}l${-radius} ${-radius}z`;
}

function polyline(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}
