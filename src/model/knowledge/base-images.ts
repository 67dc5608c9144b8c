// What well-known base images are: their system, where their Python lives, what they set and what large things they hold.
import { z } from "zod";

const family = z.enum(["debian", "ubuntu", "alpine", "redhat", "suse", "arch", "windows", "unknown"]);

export const baseImageFactSchema = z
  .strictObject({
    /** Repository names without registry and `library/`; `*` stands for the rest of one segment. */
    names: z.array(z.string().min(1)).min(1),
    family: family.optional().describe("Unless the tag names another system"),
    plain: z.boolean().optional().describe("The system and next to nothing else"),
    pythonPrefix: z.string().startsWith("/").optional(),
    env: z.record(z.string(), z.string()).optional(),
    user: z.string().min(1).optional().describe("Who runs its commands when that is not root"),
    workdir: z.string().startsWith("/").optional().describe("Its WORKDIR; of a plain one /"),
    contents: z
      .array(z.strictObject({ path: z.string().startsWith("/"), what: z.string().min(1) }))
      .optional()
      .describe("Folders of at least 50 MB"),
  })
  .describe("What is known of a base image by its name; read in the images' own Dockerfiles");

const JUPYTER = {
  CONDA_DIR: "/opt/conda",
  NB_USER: "jovyan",
  NB_UID: "1000",
  NB_GID: "100",
  HOME: "/home/jovyan",
};
const CONDA = [{ path: "/opt/conda", what: "the conda environment" }];
const JAVA = [{ path: "/opt/java/openjdk", what: "the JDK" }];
const PYTHON = [{ path: "/usr/local/<site-packages>", what: "the Python packages" }];

/** First match wins. */
export const baseImageFacts: readonly z.input<typeof baseImageFactSchema>[] = [
  { names: ["debian", "*/debian", "bitnami/minideb"], family: "debian", plain: true },
  { names: ["neurodebian", "buildpack-deps", "kalilinux/*"], family: "debian", workdir: "/" },
  { names: ["ubuntu", "ubuntu/ubuntu"], family: "ubuntu", plain: true },
  { names: ["phusion/*", "vault.habana.ai/*"], family: "ubuntu" },
  { names: ["alpine", "libpod/alpine"], family: "alpine", plain: true },
  { names: ["docker", "frolvlad/*"], family: "alpine", workdir: "/" },
  {
    plain: true,
    names: [
      "fedora",
      "centos",
      "rockylinux",
      "rockylinux/*",
      "almalinux",
      "almalinux/*",
      "oraclelinux",
      "amazonlinux",
    ],
    family: "redhat",
  },
  {
    plain: true,
    names: ["amazonlinux/amazonlinux", "azurelinux/base/core", "cbl-mariner/base/core", "photon"],
    family: "redhat",
  },
  { names: ["opensuse/*", "bci/bci-base", "suse/*"], family: "suse", plain: true },
  { names: ["bci/*"], family: "suse" },
  { names: ["archlinux", "archlinux/*", "archlinux/archlinux"], family: "arch", plain: true },
  {
    names: ["windows/servercore", "windows/nanoserver", "windowsservercore", "dotnet/framework/*"],
    family: "windows",
  },
  { names: ["python"], family: "debian", workdir: "/", pythonPrefix: "/usr/local" },
  { names: ["pypy"], family: "debian", workdir: "/", pythonPrefix: "/opt/pypy" },
  { names: ["node"], family: "debian", workdir: "/" },
  {
    names: ["golang"],
    family: "debian",
    workdir: "/go",
    env: { GOPATH: "/go" },
    contents: [{ path: "/usr/local/go", what: "the Go toolchain" }],
  },
  {
    names: ["rust", "rustlang/rust"],
    family: "debian",
    workdir: "/",
    env: { RUSTUP_HOME: "/usr/local/rustup", CARGO_HOME: "/usr/local/cargo" },
    contents: [{ path: "/usr/local/rustup", what: "the Rust toolchain" }],
  },
  {
    names: ["lukemathwalker/cargo-chef"],
    family: "debian",
    env: { RUSTUP_HOME: "/usr/local/rustup", CARGO_HOME: "/usr/local/cargo" },
  },
  {
    names: ["ruby"],
    family: "debian",
    workdir: "/",
    env: { GEM_HOME: "/usr/local/bundle", BUNDLE_APP_CONFIG: "/usr/local/bundle" },
  },
  { names: ["php"], family: "debian", env: { PHP_INI_DIR: "/usr/local/etc/php" } },
  {
    names: ["composer", "composer/composer"],
    family: "alpine",
    workdir: "/app",
    env: { COMPOSER_HOME: "/tmp" },
  },
  {
    names: ["eclipse-temurin"],
    family: "ubuntu",
    workdir: "/",
    env: { JAVA_HOME: "/opt/java/openjdk" },
    contents: JAVA,
  },
  {
    names: ["maven"],
    family: "ubuntu",
    workdir: "/",
    env: { JAVA_HOME: "/opt/java/openjdk", MAVEN_CONFIG: "/root/.m2" },
    contents: JAVA,
  },
  {
    names: ["gradle"],
    family: "ubuntu",
    workdir: "/home/gradle",
    env: { JAVA_HOME: "/opt/java/openjdk", GRADLE_HOME: "/opt/gradle" },
    contents: JAVA,
  },
  {
    names: ["cassandra"],
    family: "debian",
    workdir: "/",
    env: { CASSANDRA_HOME: "/opt/cassandra" },
    contents: [{ path: "/opt/cassandra", what: "Cassandra" }],
  },
  {
    names: ["tomcat"],
    family: "ubuntu",
    workdir: "/usr/local/tomcat",
    env: { CATALINA_HOME: "/usr/local/tomcat" },
  },
  { names: ["jenkins/jenkins"], family: "debian", workdir: "/", env: { JENKINS_HOME: "/var/jenkins_home" } },
  {
    names: [
      "openjdk",
      "nginx",
      "postgres",
      "mariadb",
      "mongo",
      "rabbitmq",
      "erlang",
      "elixir",
      "julia",
      "haskell",
      "gcc",
      "r-base",
      "swift",
    ],
    family: "debian",
    workdir: "/",
  },
  { names: ["httpd"], family: "debian", workdir: "/usr/local/apache2" },
  { names: ["redis"], family: "debian", workdir: "/data" },
  { names: ["wordpress"], family: "debian", workdir: "/var/www/html" },
  { names: ["perl", "haproxy", "drupal", "couchdb", "solr"], family: "debian" },
  { names: ["mysql", "percona"], family: "redhat", workdir: "/" },
  {
    names: ["nvidia/cuda", "cuda"],
    family: "ubuntu",
    workdir: "/",
    contents: [{ path: "/usr/local/cuda", what: "the CUDA toolkit" }],
  },
  {
    names: ["nvidia/pytorch", "nvidia/tensorflow", "nvidia/tritonserver", "nvidia/*"],
    family: "ubuntu",
    contents: PYTHON,
  },
  {
    names: ["rocm/*", "bitriseio/*", "runpod/*", "cimg/*", "gitpod/*", "devcontainers/base"],
    family: "ubuntu",
  },
  {
    names: [
      "intel/deep-learning-essentials",
      "intel/oneapi-basekit",
      "intel/oneapi-hpckit",
      "intel/oneapi-runtime",
    ],
    family: "ubuntu",
    contents: [{ path: "/opt/intel/oneapi", what: "Intel oneAPI" }],
  },
  { names: ["intel/*"], family: "ubuntu" },
  {
    names: ["jupyter/*"],
    family: "ubuntu",
    workdir: "/home/jovyan",
    pythonPrefix: "/opt/conda",
    env: JUPYTER,
    user: "1000",
    contents: CONDA,
  },
  {
    names: ["continuumio/*", "condaforge/*"],
    family: "debian",
    pythonPrefix: "/opt/conda",
    workdir: "/",
    contents: CONDA,
  },
  {
    names: [
      "anaconda/*",
      "rapidsai/*",
      "datascience-notebook",
      "devcontainers/anaconda",
      "devcontainers/miniconda",
    ],
    family: "debian",
    pythonPrefix: "/opt/conda",
    contents: CONDA,
  },
  {
    names: ["mambaorg/micromamba"],
    family: "debian",
    workdir: "/tmp",
    pythonPrefix: "/opt/conda",
    env: { MAMBA_ROOT_PREFIX: "/opt/conda", MAMBA_USER: "mambauser" },
    user: "mambauser",
    contents: CONDA,
  },
  {
    names: ["pytorch/pytorch"],
    family: "ubuntu",
    workdir: "/workspace",
    pythonPrefix: "/opt/conda",
    contents: CONDA,
  },
  {
    names: ["tensorflow/tensorflow"],
    family: "ubuntu",
    workdir: "/",
    pythonPrefix: "/usr/local",
    contents: PYTHON,
  },
  { names: ["huggingface/*", "vllm/*", "lmsysorg/*"], family: "ubuntu" },
  {
    names: ["ubi*/python-*", "ubi*/s2i-base", "rhel*/python-*", "*/python-3*-ubi*", "sclorg/python-*"],
    family: "redhat",
    pythonPrefix: "/opt/app-root",
    env: { HOME: "/opt/app-root/src", APP_ROOT: "/opt/app-root" },
    workdir: "/opt/app-root/src",
  },
  {
    names: ["ubi*/nodejs-*", "ubi*/ruby-*", "ubi*/php-*", "ubi*/go-toolset"],
    family: "redhat",
    env: { HOME: "/opt/app-root/src", APP_ROOT: "/opt/app-root" },
    workdir: "/opt/app-root/src",
  },
  { names: ["ubi*", "ubi*/ubi*", "rhel*/rhel*", "rhel*"], family: "redhat", plain: true },
  { names: ["ubi*/*", "rhel*/*"], family: "redhat" },
  {
    names: [
      "lambda/python",
      "lambda/nodejs",
      "lambda/java",
      "lambda/ruby",
      "lambda/dotnet",
      "lambda/provided",
    ],
    family: "redhat",
    pythonPrefix: "/var/lang",
    workdir: "/var/task",
  },
  {
    names: ["playwright", "playwright/python"],
    family: "ubuntu",
    env: { PLAYWRIGHT_BROWSERS_PATH: "/ms-playwright" },
    contents: [{ path: "/ms-playwright", what: "the Playwright browsers" }],
  },
  {
    names: ["dotnet/sdk", "dotnet/aspnet", "dotnet/runtime", "dotnet/runtime-deps"],
    family: "debian",
    workdir: "/",
  },
  { names: ["devcontainers/*"], family: "debian" },
  { names: ["rocker/*"], family: "ubuntu", env: { R_HOME: "/usr/local/lib/R" } },
];
