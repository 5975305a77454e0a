FROM node:24.21.0-bookworm AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json rolldown.config.mjs ./
RUN npm ci --ignore-scripts
COPY chart-overrides.yaml ./
COPY schemas ./schemas
COPY src ./src
RUN npm run build && npm ci --omit=dev --ignore-scripts
# helm and crane at the versions that the tool pins, checked against the checksums of their releases
RUN XDG_CACHE_HOME=/build/cache node dist/main.js tools install \
  && mkdir bin \
  && find cache -type f \( -name helm -o -name crane \) -exec install -m 0755 -t bin {} +

FROM node:24.21.0-bookworm-slim
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /build/bin/ /usr/local/bin/
WORKDIR /opt/airgap-charts
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY package.json chart-overrides.yaml ./
COPY schemas ./schemas
COPY catalogs ./catalogs
COPY docs ./docs
# a run without a volume can write its results, too
RUN install -d -o node -g node /data
USER node
WORKDIR /data
ENTRYPOINT ["node", "/opt/airgap-charts/dist/main.js"]
CMD ["--help"]
