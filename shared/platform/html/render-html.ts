import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';

/** The whole HTML document of a component whose root is `<html>`. */
export function renderHtml(node: VNode): string {
  return `<!doctype html>${render(node)}`;
}
