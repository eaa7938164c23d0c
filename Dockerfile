# The whole of Concordat in one image: the coordinator and the command line, and the services of the demo shop.
#
#   docker run -v coordinator:/data -p 127.0.0.1:7400:7400 concordat coordinator --listen 0.0.0.0:7400 --data /data
#   docker run concordat --help
#   docker run --entrypoint node concordat dist/demo/main.js --help

FROM node:22-bookworm-slim AS build
# better-sqlite3 is compiled when there is no binary of it to download.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends python3 make g++ \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /concordat
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build \
  && npm prune --omit=dev \
  && rm -rf dist/test node_modules/better-sqlite3/deps node_modules/better-sqlite3/build/Release/obj*

FROM node:22-bookworm-slim
ENV NODE_ENV=production
# Nothing here installs packages: without its tools the image is a smaller target.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg \
  && groupadd --gid 10001 concordat \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin concordat \
  && install --directory --owner=10001 --group=10001 /data
WORKDIR /concordat
COPY --from=build /concordat/package.json /concordat/LICENSE ./
COPY --from=build /concordat/node_modules ./node_modules
COPY --from=build /concordat/proto ./proto
COPY --from=build /concordat/dist ./dist
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 7400
# For the coordinator; a container that runs something else says how to ask it.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "dist/cli/main.js", "health", "127.0.0.1:7400"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["--help"]
