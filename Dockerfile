FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts
COPY . .
RUN node scripts/build.js && rm -rf src test config

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
# Owned by root: the server cannot change its own program.
COPY --from=build /app ./
# What has to outlive the container: the configuration, and beside it the embedded database.
RUN mkdir -p /etc/drawbridge && chown node:node /etc/drawbridge
VOLUME /etc/drawbridge
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
  ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "scripts/start.js"]
