import { describe, expect, it } from 'vitest';
import {
  type ExplainedImage,
  type ExplainedPlace,
  type ExplainReport,
  explainExitCode,
} from '../../../src/domain/explain/report.ts';
import { explainFailures, explainText } from '../../../src/report/explain-tree.ts';

const PLACE: ExplainedPlace = {
  ...{ template: 'shop/templates/a.yaml', kind: 'Pod', name: 'a', path: 'spec.containers[0].image' },
  text: 'quay.io/a:1',
  values: [
    { key: 'registry', part: 'name', text: '', measured: true, setBy: { file: 'shop/values.yaml', line: 2 } },
    { key: 'global.registry', part: 'name', text: null, measured: true, setBy: null },
    { key: 'appVersion', part: 'tag', text: '1', measured: false, setBy: { file: 'shop/Chart.yaml', line: null } },
  ],
  literals: [],
  needs: ['a=true', 'b=true'],
};

const IMAGE: ExplainedImage = {
  image: 'quay.io/a:1',
  destination: 'r.example/a:1',
  evidence: 'rendered',
  role: 'image',
  certainty: 'certain',
  why: null,
  profiles: [{ profile: 'values of the release', kind: 'release', places: [PLACE] }],
  named: [],
  add: null,
};

function report(images: readonly ExplainedImage[], more: Partial<ExplainReport> = {}): ExplainReport {
  const release = {
    ...{ chart: 'shop', release: 'r', version: '1.0.0', source: './shop', switches: 1, images },
    ...{ refusedProfiles: [{ profile: 'strict=true', reason: 'no\nlicense' }], notes: ['a note'], error: null },
  };
  return { version: 1, asked: null, exitCode: 0, near: [], releases: [release], ...more };
}

function tree(...images: readonly ExplainedImage[]): string {
  return explainText(report(images), false);
}

describe('the tree', () => {
  it('tells places, values, files and needs, and what did not render on one line', () => {
    expect(tree(IMAGE)).toBe(
      [
        'shop 1.0.0, release r (./shop)',
        '└─ quay.io/a:1  rendered  → r.example/a:1',
        '   └─ with the values of the release',
        '      └─ shop/templates/a.yaml Pod/a spec.containers[0].image',
        '         ├─ registry = ""  (shop/values.yaml:2)',
        '         ├─ global.registry is not set; where it is, it counts',
        '         ├─ appVersion = 1  (shop/Chart.yaml), by its text',
        '         └─ needs a=true and b=true',
        'note: a note',
        'note: it does not render with strict=true: no license',
        '',
      ].join('\n'),
    );
  });

  it('joins profiles that show the same places, and prints the line that adds an image', () => {
    const add = { under: 'images.add', line: '- quay.io/a:1' };
    const profiles = [
      { profile: 'a=true', kind: 'switch' as const, places: [PLACE] },
      { profile: 'ci/b-values.yaml', kind: 'ci' as const, places: [PLACE] },
    ];
    const text = tree({ ...IMAGE, evidence: 'conditional', profiles, add });
    expect(text).toContain('├─ with a=true, or with ci/b-values.yaml\n');
    expect(text).toContain('└─ not mirrored; to add it, under images.add of its catalog entry:  - quay.io/a:1\n');
    expect(text.match(/spec\.containers/g)).toHaveLength(1);
  });

  it('tells lines of files, at most five, and says when it found neither value nor line', () => {
    const literals = [1, 2, 3, 4, 5, 6, 7].map((line) => ({ file: 'a.yaml', line }));
    const place = { ...PLACE, values: [], needs: [] };
    const spelled = {
      ...IMAGE,
      profiles: [{ profile: '', kind: 'release' as const, places: [{ ...place, literals }] }],
    };
    expect(tree(spelled)).toContain('spelled out in a.yaml:1, a.yaml:2, a.yaml:3, a.yaml:4, a.yaml:5 and 2 more lines');
    const nothing = { ...IMAGE, profiles: [{ profile: '', kind: 'release' as const, places: [place] }] };
    expect(tree(nothing)).toContain('└─ no value and no line of a file was found that makes its name\n');
  });

  it('names what declares or adds an image, and why one is left', () => {
    const named = [{ where: 'never', spot: { file: 'shop/values.yaml', line: 9 } }];
    expect(tree({ ...IMAGE, evidence: 'declared', profiles: [], named, certainty: 'candidate' })).toContain(
      'declared only  → r.example/a:1\n   └─ named by never  (shop/values.yaml:9)\n',
    );
    const why = 'excluded in the catalog: ours';
    const left = tree({ ...IMAGE, evidence: 'left-as-is', why, profiles: [], destination: null });
    expect(left).toContain(`└─ quay.io/a:1  left as it is\n   └─ ${why}\n`);
    expect(tree({ ...IMAGE, role: 'base', certainty: 'candidate' })).toContain('rendered, base, perhaps none');
    expect(tree()).toContain('(./shop)\n  no image\n');
  });

  it('takes control characters out of what charts say', () => {
    expect(tree({ ...IMAGE, image: 'a\u001b[31mb' })).not.toContain('\u001b');
  });
});

describe('a failure', () => {
  const error = { code: 'RENDER_FAILED', origin: 'source', message: 'it fails', hint: 'mend it' };
  const [release] = report([]).releases;

  it('is told with its hint, in the tree and by itself', () => {
    if (release === undefined) throw new Error('there is a release');
    const failed = report([], { releases: [{ ...release, error }], exitCode: 1 });
    expect(explainText(failed, false)).toContain('RENDER_FAILED: it fails\n  → mend it\n');
    expect(explainText(failed, false)).not.toContain('no image');
    expect(explainFailures(failed, false)).toBe('RENDER_FAILED: it fails\n  → mend it\n');
    expect(explainFailures(report([IMAGE]), false)).toBe('');
  });

  it('is a question that nothing fits, with near names', () => {
    const missing = report([], { asked: 'a"b', releases: [], near: ['ab', 'ac'] });
    expect(explainText(missing, false)).toBe('NOT FOUND: no image fits "a\\"b"\n  → near to it: ab, ac\n');
  });

  it('decides the exit code', () => {
    if (release === undefined) throw new Error('there is a release');
    expect(explainExitCode(undefined, [release])).toBe(0);
    expect(explainExitCode('x', [release])).toBe(1);
    expect(explainExitCode('x', [])).toBe(1);
    expect(explainExitCode('x', [{ ...release, images: [IMAGE] }])).toBe(0);
    expect(
      explainExitCode('x', [
        { ...release, images: [IMAGE] },
        { ...release, error },
      ]),
    ).toBe(1);
  });
});
