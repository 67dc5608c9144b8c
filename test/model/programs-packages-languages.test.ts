// The package managers and build tools of languages: what their calls do to packages, caches and build output.
import { describe, expect, test } from "vitest";
import { type Place, told } from "./package-calls.ts";

type Row = readonly [script: string, effects: readonly string[], place?: Place];

function check(rows: readonly Row[]): void {
  test.each(rows.map(([script, effects, place]) => ({ script, effects, place })))(
    "$script",
    ({ script, effects, place }) => {
      expect(told(script, place)).toEqual(effects);
    },
  );
}

const NPM = "cache /root/.npm/_cacache/**";
const NPX = "cache /root/.npm/_npx/**";
const BUILD = ["build /app/?", "opaque"];

describe("npm", () => {
  const files = {
    "/app/package.json":
      '{\n "name": "x",\n "dependencies": {"@shopify/cli": "3.1.0", "left-pad": "^1"},\n "devDependencies": {"cypress": "13.0.0"}\n}',
  };
  const cypress = "download large /root/.cache/Cypress/**";
  check([
    [
      "npm ci --omit=dev",
      [
        "install npm /app: @shopify/cli@3.1.0(file) left-pad(file) reinstall large > /app/node_modules/**",
        NPM,
      ],
      { files },
    ],
    [
      "npm install --production",
      ["install npm /app: @shopify/cli@3.1.0(file) left-pad(file) large > /app/node_modules/**", NPM],
      { files },
    ],
    [
      "NODE_ENV=production npm i",
      ["install npm /app: @shopify/cli@3.1.0(file) left-pad(file) large > /app/node_modules/**", NPM],
      { files },
    ],
    [
      "npm i",
      [
        "install npm /app: @shopify/cli@3.1.0(file) left-pad(file) cypress@13.0.0(file) large > /app/node_modules/**",
        cypress,
        NPM,
      ],
      { files },
    ],
    [
      "CYPRESS_INSTALL_BINARY=0 npm i cypress",
      ["install npm /app: cypress > /app/node_modules/cypress/** /app/node_modules/?", NPM],
      { files },
    ],
    ["npm ci", ["install npm /app:  … reinstall large > /app/node_modules/**", NPM]],
    [
      "npm ci",
      ["install npm /app:  … reinstall large > /app/node_modules/**", NPM],
      { files: { "/app/package.json": "no json" } },
    ],
    ["cd web && npm ci", ["install npm /app/web:  … reinstall large > /app/web/node_modules/**", NPM]],
    [
      "npm install --prefix /srv --cache /tmp/c",
      ["install npm /srv:  … large > /srv/node_modules/**", "cache /tmp/c/_cacache/**"],
    ],
    [
      "npm i -D express@4.18.0 @t/x@^1",
      [
        "install npm /app: express@4.18.0 @t/x > /app/node_modules/express/** /app/node_modules/@t/x/** /app/node_modules/?",
        NPM,
      ],
    ],
    ["npm install $P", ["install npm /app: ? … > /app/node_modules/?", NPM]],
    [
      "npm install ./a.tgz git+https://h.io/a.git",
      ["install npm /app: ?(archive) ?(url) > /app/node_modules/?", NPM],
    ],
    [
      "npm install -g ionic cordova@12.0.0",
      [
        "install npm /usr/local: ionic cordova@12.0.0 > /usr/local/lib/node_modules/ionic/** /usr/local/lib/node_modules/cordova/**",
        NPM,
      ],
    ],
    [
      "NPM_CONFIG_PREFIX=/opt/n npm i --global a",
      ["install npm /opt/n: a > /opt/n/lib/node_modules/a/**", NPM],
    ],
    [
      "npm_config_cache=/c npm i -g a",
      ["install npm /usr/local: a > /usr/local/lib/node_modules/a/**", "cache /c/_cacache/**"],
    ],
    ["npm uninstall -g a", ["uninstall npm /usr/local: a"]],
    ["npm remove @shopify/cli", ["uninstall npm /app: @shopify/cli"]],
    ["npm prune --production", ["uninstall npm /app:  unneeded"]],
    ["npm cache clean --force", ["remove /root/.npm/_cacache/**"]],
    ["npm cache clean --force some-key", ["remove /root/.npm/_cacache/?"]],
    ["npm cache verify", ["remove /root/.npm/_cacache/?"]],
    ["npm cache clean --force", ["remove /home/node/.npm/_cacache/**"], { user: "node", home: "/home/node" }],
    ["npm run build -- --prefix=/x", BUILD],
    ["npm config set a b; npm --version; npm view a", []],
    ["npm frobnicate; npm $X", ["?"]],
    [
      "npx --yes playwright@1.49 install chromium",
      [NPM, NPX, "download large /root/.cache/ms-playwright/**"],
    ],
    ["npx @puppeteer/browsers@2 install chrome --path /b", [NPM, NPX, "download large /b/?"]],
    ["npx something", [NPM, NPX, "opaque"]],
    ["corepack enable; npm -v", []],
  ]);
});

describe("yarn, pnpm and bun", () => {
  const yarn = "cache /usr/local/share/.cache/yarn/**";
  const pnpm = "cache /root/.local/share/pnpm/store/**";
  check([
    ["yarn", ["install npm /app:  … large > /app/node_modules/**", yarn]],
    [
      "yarn install",
      ["install npm /app:  … large > /app/node_modules/**", "cache /home/u/.cache/yarn/**"],
      { user: "u", home: "/home/u" },
    ],
    [
      "yarn",
      ["install npm /app:  large > /app/node_modules/**", "cache /root/.yarn/berry/cache/**"],
      { files: { "/app/package.json": '{"packageManager":"yarn@4.1.0"}' } },
    ],
    [
      "yarn",
      ["install npm /app:  large > /app/node_modules/**", "cache /app/.yarn/cache/**"],
      { files: { "/app/package.json": '{"packageManager":"yarn@3.1.0"}' } },
    ],
    [
      "YARN_CACHE_FOLDER=/c yarn --cwd /w install",
      ["install npm /w:  … large > /w/node_modules/**", "cache /c/**"],
    ],
    [
      "yarn global add @vue/cli",
      [
        "install npm /usr/local/share/.config/yarn/global: @vue/cli > /usr/local/share/.config/yarn/global/node_modules/@vue/cli/**",
        yarn,
      ],
    ],
    ["yarn cache clean", ["remove /usr/local/share/.cache/yarn/**"]],
    ["yarn cache clean --cache-folder /c", ["remove /c/**"]],
    ["yarn cache clean lodash", ["remove /usr/local/share/.cache/yarn/?"]],
    ["yarn cache list", []],
    ["yarn build", BUILD],
    ["yarn playwright install", ["download large /root/.cache/ms-playwright/**"]],
    ["yarn remove a", ["uninstall npm /app: a"]],
    ["yarn --version; yarn config set a b", []],
    ["pnpm i --frozen-lockfile", ["install npm /app:  … large > /app/node_modules/**", pnpm]],
    [
      "pnpm fetch",
      ["cache /pnpm/store/**", "build large /app/node_modules/.pnpm/**"],
      { env: { PNPM_HOME: "/pnpm" } },
    ],
    [
      "pnpm add -g turbo",
      ["install npm /pnpm: turbo > /pnpm/global/5/node_modules/turbo/**", "cache /pnpm/store/**"],
      { env: { PNPM_HOME: "/pnpm" } },
    ],
    ["pnpm --filter=x deploy /out", ["install large /out/**"]],
    ["pnpm store prune", ["remove /root/.local/share/pnpm/store/?"]],
    ["pnpm run build", BUILD],
    [
      "bun install",
      ["install npm /app:  … large > /app/node_modules/**", "cache /root/.bun/install/cache/**"],
    ],
    ["bun install --no-cache", ["install npm /app:  … large > /app/node_modules/**"]],
    ["bun run build", BUILD],
  ]);
});

describe("go", () => {
  const place = { from: "golang:1.22" };
  const caches = ["cache /go/pkg/mod/**", "cache /root/.cache/go-build/**"];
  check([
    ["go build -o /bin/x ./cmd/x", ["build /bin/x", ...caches], place],
    ["CGO_ENABLED=0 go build -ldflags '-s -w' ./cmd/y", ["build /app/y", ...caches], place],
    ["go build", ["build /app/app", ...caches], place],
    ["go build -mod=vendor -o out/", ["build /app/out/?", "cache /root/.cache/go-build/**"], place],
    ["go mod download", ["cache /go/pkg/mod/**"], place],
    ["GOMODCACHE=/m go mod download", ["cache /m/**"], place],
    ["go mod download", ["cache /root/go/pkg/mod/**"], { env: { GOPATH: undefined } }],
    [
      "go install example.com/x@v1.2.3",
      ["install go /go: example.com/x@v1.2.3 > /go/bin/?", ...caches],
      place,
    ],
    ["go get -u github.com/a/b", [...caches, "build /go/src/? /go/bin/?"], place],
    ["go clean -cache -modcache", ["remove /go/pkg/mod/**", "remove /root/.cache/go-build/**"], place],
    ["go version; go env -w A=b", [], place],
    ["go frobnicate", ["?"], place],
  ]);
});

describe("rust", () => {
  const place = { from: "rust:1" };
  const registry = "cache /usr/local/cargo/registry/** /usr/local/cargo/git/**";
  check([
    ["cargo build --release", ["build large /app/target/**", registry], place],
    ["cargo +nightly build --target-dir /t", ["build large /t/**", registry], place],
    [
      "CARGO_TARGET_DIR=/t cargo chef cook --release --recipe-path recipe.json",
      ["build large /t/**", registry],
      place,
    ],
    ["cargo chef prepare --recipe-path recipe.json", ["create /app/recipe.json"], place],
    [
      "cargo install ripgrep@14.1.0 --locked",
      ["install cargo /usr/local/cargo: ripgrep@14.1.0 > /usr/local/cargo/bin/ripgrep", registry],
      place,
    ],
    [
      "cargo install --version 1.2.0 x --root /usr/local",
      ["install cargo /usr/local: x@1.2.0 > /usr/local/bin/x", registry],
      place,
    ],
    [
      "cargo install --path .",
      ["install cargo /usr/local/cargo: ?(project) > /usr/local/cargo/bin/?", registry],
      place,
    ],
    [
      "cargo install x",
      [
        "install cargo /home/u/.cargo: x > /home/u/.cargo/bin/x",
        "cache /home/u/.cargo/registry/** /home/u/.cargo/git/**",
      ],
      { home: "/home/u" },
    ],
    ["cargo clean", ["remove /app/target/**"], place],
    ["rustup default stable", ["build large /usr/local/rustup/toolchains/?"], place],
    ["rustup toolchain uninstall 1.70", ["remove /usr/local/rustup/toolchains/1.70*/**"], place],
    ["cargo --version; rustup show", [], place],
    ["cargo frobnicate", ["?"], place],
  ]);
});

describe("ruby and php", () => {
  const gems = {
    from: "ruby:3.2",
    files: { "/app/Gemfile": "source 'x'\ngem 'rails', '7.0.1'\n  gem \"puma\"\n" },
  };
  check([
    [
      "gem install bundler -v 2.4.1 --no-document",
      [
        "install gem /usr/local/bundle: bundler@2.4.1 > /usr/local/bundle/?",
        "cache /usr/local/bundle/cache/**",
      ],
      gems,
    ],
    [
      "gem install rails:7.0.1 foo-1.2.gem",
      [
        "install gem /usr/local/bundle: rails@7.0.1 foo@1.2(archive) > /usr/local/bundle/?",
        "cache /usr/local/bundle/cache/**",
      ],
      gems,
    ],
    [
      "gem update --system",
      [
        "install gem /usr/local/bundle: rubygems-update upgrade > /usr/local/bundle/?",
        "cache /usr/local/bundle/cache/**",
      ],
      gems,
    ],
    [
      "bundle install --jobs 4",
      [
        "install gem /usr/local/bundle: rails@7.0.1(file) puma(file) large > /usr/local/bundle/?",
        "cache /root/.bundle/cache/**",
        "cache /usr/local/bundle/cache/**",
      ],
      gems,
    ],
    [
      "BUNDLE_PATH=/b bundle install --no-cache",
      ["install gem /b:  … large > /b/?", "cache /root/.bundle/cache/**"],
    ],
    ["bundle config set x y; gem --version", [], gems],
    ["bundle exec rake x", ["opaque"], gems],
    [
      "composer install --no-dev --no-cache",
      ["install composer /app: a/b(file) > /app/vendor/**"],
      { files: { "/app/composer.json": '{"require":{"php":">=8","a/b":"1"},"require-dev":{"c/d":"1"}}' } },
    ],
    [
      "composer require a/b:^1.2 c/d:1.0.0",
      [
        "install composer /app: a/b c/d@1.0.0 > /app/vendor/a/b/** /app/vendor/c/d/** /app/vendor/?",
        "cache /root/.composer/cache/**",
      ],
    ],
    [
      "COMPOSER_HOME=/c composer global require x/y",
      ["install composer /c: x/y > /c/vendor/x/y/** /c/vendor/?", "cache /c/cache/**"],
    ],
    ["composer clear-cache", ["remove /root/.composer/cache/**"]],
    ["composer clear-cache --gc", ["remove /root/.composer/cache/?"]],
    [
      "php composer.phar install",
      ["install composer /app:  … > /app/vendor/**", "cache /root/.composer/cache/**"],
    ],
    ["composer dump-autoload; docker-php-ext-enable x; pecl update-channels", []],
    [
      "pecl install imagick-3.8.1",
      [
        "install other /usr/local/lib/php: imagick@3.8.1 > /usr/local/lib/php/extensions/?",
        "cache /tmp/pear/**",
      ],
    ],
    [
      "docker-php-source extract && docker-php-source delete",
      ["unpack large /usr/src/php/**", "remove /usr/src/php/**"],
    ],
  ]);
});

describe("dotnet, R, Java", () => {
  const site = "/usr/local/lib/R/site-library";
  const nuget = "cache /root/.nuget/packages/**";
  check([
    ["dotnet restore", [nuget]],
    ["dotnet publish --no-restore -o /out", ["build /app/?", "build /out/**"]],
    ["NUGET_PACKAGES=/n dotnet build", ["cache /n/**", "build /app/?"]],
    [
      "dotnet tool install --global dotnet-ef --version 8.0.1",
      ["install dotnet /root/.dotnet/tools: dotnet-ef@8.0.1 > /root/.dotnet/tools/?"],
    ],
    [
      "dotnet nuget locals all --clear",
      ["remove /root/.nuget/packages/**", "remove /root/.local/share/NuGet/http-cache/**"],
    ],
    ["dotnet --list-sdks; dotnet help", []],
    ["dotnet x.dll", ["?"]],
    [
      'Rscript -e \'install.packages(c("a", "b"), repos = "https://h.io")\'',
      [`install r ${site}: a b > ${site}/?`],
    ],
    ["R -e \"remotes::install_github('u/pkg@v1')\"", [`install r ${site}: pkg > ${site}/?`]],
    ["Rscript -e 'install.packages(pkgs)'", [`install r ${site}:  … > ${site}/?`]],
    [
      "install2.r --error -n 4 dplyr tidyr",
      [`install r ${site}: dplyr tidyr > ${site}/?`, "cache /tmp/downloaded_packages/**"],
    ],
    ["R CMD INSTALL /tmp/x_1.0.tar.gz", [`install r ${site}: x@1.0(archive) > ${site}/?`]],
    ["R -e 'sessionInfo()'; R --version; R CMD javareconf", []],
    ["Rscript x.R", ["?"]],
    ["Rscript -e 'source(\"x.R\")'", ["?"]],
    [
      "mvn -q clean package -DskipTests",
      ["remove /app/target/**", "cache /root/.m2/repository/**", "build /app/target/**", "opaque"],
    ],
    ["mvn -f /w/pom.xml dependency:go-offline", ["cache /root/.m2/repository/**"]],
    ["./mvnw -Dmaven.repo.local=/m dependency:go-offline", ["cache /m/**"]],
    ["./gradlew build --no-daemon", ["cache /root/.gradle/**", "build /app/build/**", "opaque"]],
    ["mvn --version; gradle -v", []],
  ]);
});

describe("builders and toolchains", () => {
  check([
    ["make -C /src -j4 install", ["build /src/?", "opaque"]],
    ["cmake -S . -B build", ["build /app/build/?", "opaque"]],
    ["cmake --build out -j 4", ["build /app/out/?", "opaque"]],
    ["./configure --prefix=/x", BUILD],
    ["make --version; cmake --version", []],
    ["pyenv install 3.12.1", ["build large /root/.pyenv/versions/3.12.1/**"]],
    ["PYENV_ROOT=/p pyenv uninstall -f 3.12.1", ["remove /p/versions/3.12.1/**"]],
    ["pyenv global 3", []],
    [
      "nvm install 18",
      ["build large /opt/nvm/versions/node/v18*/**", "cache /opt/nvm/.cache/**"],
      { env: { NVM_DIR: "/opt/nvm" } },
    ],
    ["nvm use 18; nvm alias default 18", []],
    [
      "sdk install java 17.0.1-tem",
      ["build large /root/.sdkman/candidates/java/17.0.1-tem/**", "cache /root/.sdkman/archives/**"],
    ],
  ]);
});

describe("installation scripts", () => {
  check([
    [
      "curl -sSf https://sh.rustup.rs | sh -s -- -y",
      ["build /root/.cargo/bin/?", "build large /root/.rustup/toolchains/?"],
    ],
    ["curl https://pyenv.run | PYENV_ROOT=/p bash", ["download /p/?"]],
    ["wget -qO- https://deb.nodesource.com/setup_20.x | bash -", ["database /var/lib/apt/lists/*/**"]],
    ["curl -L https://h.io/with_pyenv | bash", ["?"]],
    [
      "curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer",
      ["download /usr/local/bin/composer"],
    ],
    ["php -r 'echo PHP_VERSION;'", []],
    ["php -r \"copy('a', 'b');\"", ["?"]],
    ["dotnet-install.sh -v 8.0.1 --install-dir /d", ["download large /d/?"]],
  ]);
});

describe("jupyter and android", () => {
  const lab = "/opt/conda/share/jupyter/lab";
  const jovyan = { from: "jupyter/minimal-notebook:1", user: "jovyan", home: "/home/jovyan" };
  const built = [
    `build large ${lab}/staging/**`,
    `build ${lab}/static/**`,
    "cache /home/jovyan/.cache/yarn/**",
  ];
  check([
    [
      "jupyter labextension install @a/b c@1",
      [`install npm ${lab}: @a/b c > ${lab}/extensions/?`, ...built, "cache /home/jovyan/.npm/_cacache/**"],
      jovyan,
    ],
    ["jupyter lab build", built, jovyan],
    [
      "jupyter labextension install --no-build a",
      [`install npm ${lab}: a > ${lab}/extensions/?`, "cache /home/jovyan/.npm/_cacache/**"],
      jovyan,
    ],
    ["jupyter lab clean", [`remove ${lab}/staging/**`], jovyan],
    [
      "jupyter labextension disable x; jupyter nbextension enable y; jupyter lab --generate-config",
      [],
      jovyan,
    ],
    ["jupyter frobnicate", ["?"], jovyan],
    [
      "yes | sdkmanager 'platforms;android-27' emulator",
      [
        "install other /opt/android: platforms;android-27 emulator large > /opt/android/platforms/android-27/** /opt/android/emulator/**",
      ],
      { env: { ANDROID_HOME: "/opt/android" } },
    ],
    ["sdkmanager $X", ["install other /opt/android-sdk: ? … > /opt/android-sdk/?"]],
    [
      "/opt/a/cmdline-tools/latest/bin/sdkmanager platform-tools",
      ["install other /opt/a: platform-tools > /opt/a/platform-tools/**"],
    ],
    ["sdkmanager --sdk_root=/s ndk-bundle", ["install other /s: ndk-bundle large > /s/ndk-bundle/**"]],
    ["sdkmanager --licenses", []],
  ]);
});

describe("downloads", () => {
  const env = { HF_HOME: "/hf" };
  check([
    ["playwright install chromium", ["download large /root/.cache/ms-playwright/**"]],
    [
      "PLAYWRIGHT_BROWSERS_PATH=/b python -m playwright install --with-deps",
      ["install apt /: ?(dependency) … > /usr/?", "download large /b/**"],
    ],
    ["python -m nltk.downloader -d /d punkt", ["download /d/?"]],
    ["python3 -m nltk.downloader popular", ["download large /root/nltk_data/?"]],
    [
      "python -m spacy download en_core_web_lg",
      [
        "install pip /usr/local: en-core-web-lg large > /usr/local/lib/python3/site-packages/en_core_web_lg/**",
      ],
    ],
    ["huggingface-cli download org/m --local-dir /models", ["download large /models/?"]],
    ["hf download org/m", ["download large /hf/hub/models--org--m/**"], { env }],
    ["ollama pull x", ["download large /root/.ollama/models/?"]],
    ["gdown -O /x.zip 1", ["download /x.zip"]],
    ["python -c 'import nltk; nltk.download(\"punkt\")'", ["download /root/nltk_data/?", "opaque"]],
    ["python -c \"import nltk; nltk.download('punkt', download_dir='/d')\"", ["download /d/?", "opaque"]],
    [
      "python3 -c \"from huggingface_hub import snapshot_download; snapshot_download(repo_id='a/b')\"",
      ["download large /hf/hub/models--a--b/**", "opaque"],
      { env },
    ],
    [
      "python3 <<EOF\nfrom transformers import AutoModel\nAutoModel.from_pretrained('a/b', cache_dir='/m')\nEOF",
      ["download large /m/?", "opaque"],
    ],
    ["python -c 'print(1)'", ["?"]],
  ]);
});
