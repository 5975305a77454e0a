/** How a lock of dt 0.4.12 begins, up to the digests of its first image. */
export const DT_LOCK_HEAD = `apiVersion: v0
kind: ImagesLock
metadata:
  generatedAt: "2026-11-22T04:15:22.711542594Z"
  generatedBy: Distribution Tooling for Helm
chart:
  name: demo
  version: 0.1.0
  appVersion: "1.10"
images:
  - name: two
    image: 127.0.0.1:5971/apps/two:1.10
    chart: demo
    digests:
`;
