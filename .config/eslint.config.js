import js from "@eslint/js";
import tseslint from "typescript-eslint";

const noClock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: "Take nowMs as an argument, or the Clock port.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Take nowMs as an argument, or the Clock port.",
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: "Take the Random port.",
  },
];
const noTimers = ["setTimeout", "setInterval", "setImmediate"].map((name) => ({
  selector: `CallExpression[callee.name='${name}']`,
  message: "Use the Clock port (adapters/system-clock implements it), so that tests own time.",
}));
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Read the environment only in processes/<p>/config.ts and pass the frozen result on.",
};

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "node_modules/**",
      "coverage/**",
      ".orchestrator/**",
      "test/cluster/modules/**",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [".config/*.js", ".config/*.ts", ".dependency-cruiser.cjs"],
        },
        tsconfigRootDir: `${import.meta.dirname}/..`,
      },
    },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/unified-signatures": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/adapters/system-clock/**", "src/processes/*/config.ts"],
    rules: { "no-restricted-syntax": ["error", ...noClock, ...noTimers, noEnvironment] },
  },
  {
    files: ["src/domain/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...noClock,
        ...noTimers,
        { selector: "AwaitExpression", message: "domain is synchronous and pure." },
        { selector: ":function[async=true]", message: "domain is synchronous and pure." },
      ],
    },
  },
  {
    files: [
      "src/processes/cli/**",
      "test/cluster/**",
      "test/**/main.ts",
      "test/run.ts",
      ".config/*.ts",
    ],
    rules: { "no-console": "off" },
  },
  { files: ["test/**/*.ts"], rules: { "@typescript-eslint/no-unused-expressions": "off" } },
  {
    files: ["**/*.js", "**/*.cjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { module: "readonly" } },
    rules: { "no-undef": "off", "@typescript-eslint/no-require-imports": "off" },
  },
);
