import { html, nothing, type TemplateResult } from 'lit-html';
import type { Notice } from '../../protocol/connect.ts';
import { button } from '../button.ts';
import { foreign } from '../foreignText.ts';
import { icon } from '../icons.ts';
import type { PageActions } from './pageState.ts';

const glyphs = { error: 'failed', warning: 'warning', info: 'info' } as const;

/** A problem in place: what happened, why, and buttons for what to do next; the first is the best. */
export function noticeBox(notice: Notice | undefined, actions: PageActions): TemplateResult | typeof nothing {
  if (!notice) return nothing;
  return html`<div class="notice ${notice.severity}">
    ${icon(glyphs[notice.severity], 'notice-icon')}
    <div class="notice-body">
      <p class="notice-message">${foreign(notice.message)}</p>
      ${notice.hint === undefined ? nothing : html`<p class="notice-hint">${foreign(notice.hint)}</p>`}
      ${
        notice.actions.length === 0
          ? nothing
          : html`<div class="notice-actions">
              ${notice.actions.map(({ title, intent }, index) =>
                button({ label: title, kind: index === 0 ? 'primary' : 'secondary' }, () =>
                  actions.send(intent),
                ),
              )}
            </div>`
      }
    </div>
  </div>`;
}
